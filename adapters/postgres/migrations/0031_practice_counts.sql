-- Practice calls (no phone rings) are counted apart, so that statistics leave them out unless asked.
ALTER TABLE connections ADD COLUMN practice boolean NOT NULL DEFAULT false;
-- Until now the simulator was the only one.
INSERT INTO connections (id, integration, label, practice, created_at, updated_at)
  VALUES ('simulator', 'simulator', 'Practice', true, now(), now()) ON CONFLICT (id) DO UPDATE SET practice = true;

ALTER TABLE call_count_changes ADD COLUMN practice boolean NOT NULL DEFAULT false;
-- Tables of their own: a node of the release before goes on counting in the others, by their keys, while nodes are upgraded.
CREATE TABLE practice_call_counts (LIKE call_counts INCLUDING ALL);
CREATE TABLE practice_agent_call_counts (LIKE agent_call_counts INCLUDING ALL);

-- Sums of earlier releases do not say which connection they were counted from. A queue whose calls all went through the simulator was for practice.
UPDATE call_count_changes SET practice = true WHERE NOT EXISTS (
  SELECT FROM calls WHERE calls.queue_id = call_count_changes.queue_id AND calls.provider <> 'simulator');
WITH moved AS (
  DELETE FROM call_counts WHERE NOT EXISTS (
    SELECT FROM calls WHERE calls.queue_id = call_counts.queue_id AND calls.provider <> 'simulator')
  RETURNING *)
INSERT INTO practice_call_counts SELECT * FROM moved;
WITH moved AS (
  DELETE FROM agent_call_counts WHERE NOT EXISTS (
    SELECT FROM calls WHERE calls.queue_id = agent_call_counts.queue_id AND calls.provider <> 'simulator')
  RETURNING *)
INSERT INTO practice_agent_call_counts SELECT * FROM moved;
