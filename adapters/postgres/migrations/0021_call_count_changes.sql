-- What ended calls add to call_counts and agent_call_counts, until a node adds it up (adapters/postgres/src/reporting/count-calls.ts). Statistics
-- read both. A call that ends adds a row here and waits for nobody; a counter that it changed itself was locked until its commit was on
-- disk, so calls of one outcome ended one after the other, 150 a second where a commit takes 6.4 ms.
CREATE TABLE call_count_changes (
  bucket        timestamptz NOT NULL,          -- the quarter of an hour (UTC), and so the day
  agent_id      uuid NOT NULL,                 -- no foreign keys: as in calls
  queue_id      uuid NOT NULL,
  outcome       text NOT NULL,
  disposition   text NOT NULL,                 -- '' where a call has none
  calls         integer NOT NULL,              -- negative: the call counts otherwise now, or was deleted
  talk_seconds  bigint NOT NULL
);                                             -- no index: it holds what ended within seconds, and is read whole
