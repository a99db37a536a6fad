-- Codes in the words of the field. What a node of the release before writes while nodes are upgraded one after the other is read as the
-- new code (`dialing/renamed-codes.ts`).
UPDATE sessions SET reason = CASE reason
    WHEN 'by_person' THEN 'requested_by_user'
    WHEN 'queue_dry' THEN 'queue_exhausted'
    WHEN 'agent_away' THEN 'agent_absent'
    WHEN 'provider_trouble' THEN 'provider_unavailable'
  END
  WHERE reason IN ('by_person', 'queue_dry', 'agent_away', 'provider_trouble');
UPDATE calls SET cancel_reason = 'agent_absent' WHERE cancel_reason = 'agent_away';

-- A stored entry keeps its word, as its hash covers it; new ones say `anonymous`.
ALTER TABLE audit_log DROP CONSTRAINT audit_log_actor_kind_check;
ALTER TABLE audit_log ADD CONSTRAINT audit_log_actor_kind_check
  CHECK (actor_kind IN ('user', 'api_key', 'anonymous', 'nobody', 'system'));
