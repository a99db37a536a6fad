-- History by agent and outcome: the page was filtered and counted from all of the agent's calls of the period, 5,000 rows of the
-- table for a quarter. One index entry more for each call that ends; the build takes about 4 s for a million calls, in which no
-- call can be written.
CREATE INDEX calls_history_agent_outcome ON calls (agent_id, outcome, ended_at DESC, id DESC) WHERE state = 'COMPLETED';
