-- Connections are rows. The id is what sessions, calls and events have had as their provider so far: `simulator` and `aircall` stay
-- valid. A removed connection keeps its row, as the history names it, and its id is never given again.
CREATE TABLE connections (
  id             text PRIMARY KEY,
  integration    text NOT NULL,
  label          text NOT NULL,
  settings       jsonb NOT NULL DEFAULT '{}',
  enabled        boolean NOT NULL DEFAULT true,
  version        integer NOT NULL DEFAULT 1,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  removed_at     timestamptz,
  -- The last check: when, what was wrong (null: nothing), and since when it has been so.
  checked_at     timestamptz,
  check_problem  text,
  problem_since  timestamptz
);

-- Who an agent is at each carrier, by connection: {"aircall": {"userId": "456", "numberId": null}}.
ALTER TABLE agents ADD COLUMN identities jsonb NOT NULL DEFAULT '{}';
UPDATE agents
  SET identities = jsonb_build_object('aircall', jsonb_build_object('userId', provider_user_id, 'numberId', provider_number_id))
  WHERE provider_user_id IS NOT NULL OR provider_number_id IS NOT NULL;
ALTER TABLE agents DROP COLUMN provider_user_id, DROP COLUMN provider_number_id;

-- Where sessions go: the queue's connection, else the agent's, else the only real one.
ALTER TABLE agents ADD COLUMN connection_id text;
ALTER TABLE queues ADD COLUMN connection_id text;

UPDATE sessions SET reason = 'connection_unavailable' WHERE reason = 'provider_changed';
