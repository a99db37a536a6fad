-- When the session's agent was last seen at a live screen; null: never during this session, as with sessions that are worked
-- through the API. In no index: it is written every half minute for all open sessions of a node, and those are few to look
-- through.
ALTER TABLE sessions ADD COLUMN agent_seen_at timestamptz;

-- Calls that the CRM does not have: counted at each scrape of the metrics, shown in the history, replayed by hand. Without it
-- each of these reads all calls there ever were (measured on 5 million: see docs/adr/0011-reconciliation.md).
CREATE INDEX calls_crm_missing ON calls (ended_at DESC, id DESC) WHERE crm_state <> 'SYNCED';
