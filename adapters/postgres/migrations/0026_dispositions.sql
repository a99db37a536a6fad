-- What agents can say of a call, every version of it: of all queues (queue_id null) or of one. `dispositions` null: from this version on the
-- queue takes the set of all queues again.
CREATE TABLE disposition_sets (
  queue_id     uuid REFERENCES queues ON DELETE CASCADE,
  version      integer NOT NULL CHECK (version > 0),
  dispositions jsonb,
  created_at   timestamptz NOT NULL,
  UNIQUE NULLS NOT DISTINCT (queue_id, version)
);

-- The disposition as it was when the agent saved it, beside the label: renaming or removing it later changes no history.
ALTER TABLE calls
  ADD COLUMN disposition_code text,
  ADD COLUMN disposition_effect text,
  ADD COLUMN disposition_retry jsonb;

UPDATE calls SET disposition_code = known.code, disposition_effect = known.effect
FROM (VALUES
  ('Connected - Conversation', 'connected', 'ends_here'),
  ('Interested', 'interested', 'ends_everywhere'),
  ('Meeting Booked', 'meeting_booked', 'ends_everywhere'),
  ('Call Back', 'call_back', 'callback'),
  ('Not Interested', 'not_interested', 'ends_everywhere'),
  ('Not A Fit', 'not_a_fit', 'ends_everywhere'),
  ('Gatekeeper', 'gatekeeper', 'keep'),
  ('Wrong Number', 'wrong_number', 'suppress_number'),
  ('Do Not Call', 'do_not_call', 'suppress_person'),
  ('Left Voicemail', 'left_voicemail', 'keep'),
  ('No Answer', 'no_answer', 'keep'),
  ('Busy', 'busy', 'keep')
) AS known (label, code, effect)
WHERE calls.disposition = known.label AND calls.verdict_at IS NOT NULL;

CREATE INDEX calls_history_disposition_code ON calls (disposition_code, ended_at DESC, id DESC)
  WHERE state = 'COMPLETED' AND disposition_code IS NOT NULL;
