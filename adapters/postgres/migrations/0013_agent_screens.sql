-- Which agents have a page whose live connection is up, at which node. A node says so every few seconds; what it has said
-- nothing of for longer is gone with the node. sessions.agent_seen_at is written no more.
CREATE TABLE agent_screens (
  agent_id  uuid NOT NULL REFERENCES agents ON DELETE CASCADE,
  node_id   uuid NOT NULL,
  seen_at   timestamptz NOT NULL,
  -- The last screen at this node is gone since then; null: it is there.
  left_at   timestamptz,
  PRIMARY KEY (agent_id, node_id)
);

-- When the agent handed an answered call on: it goes on without them.
ALTER TABLE calls ADD COLUMN agent_left_at timestamptz;
