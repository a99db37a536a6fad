-- Completed calls, counted as they end (adapters/postgres/src/count-calls.ts), so that statistics of months are read and not
-- computed. A call counts where it was queued, and never moves. Rows hold no personal data and go when their calls go.

-- By quarter of an hour (UTC): every time zone's hours and days are sums of whole ones. Not by agent: at a hundred calls a day
-- an agent has hardly two alike in a quarter of an hour, and this would be as long as the calls themselves.
CREATE TABLE call_counts (
  bucket        timestamptz NOT NULL,
  queue_id      uuid NOT NULL,                 -- no foreign keys: as in calls
  outcome       text NOT NULL,
  disposition   text NOT NULL,                 -- '' where a call has none
  calls         integer NOT NULL,
  talk_seconds  bigint NOT NULL,
  PRIMARY KEY (bucket, queue_id, outcome, disposition)
) WITH (fillfactor = 70);                      -- the newest rows change with every call, in place

-- By day (UTC) and agent.
CREATE TABLE agent_call_counts (
  day           date NOT NULL,
  agent_id      uuid NOT NULL,
  queue_id      uuid NOT NULL,
  outcome       text NOT NULL,
  calls         integer NOT NULL,
  talk_seconds  bigint NOT NULL,
  PRIMARY KEY (day, agent_id, queue_id, outcome)
) WITH (fillfactor = 70);

INSERT INTO call_counts (bucket, queue_id, outcome, disposition, calls, talk_seconds)
SELECT date_bin('15 minutes', queued_at, 'epoch'), queue_id, outcome, coalesce(disposition, ''), count(*), sum(talk_seconds)
FROM calls WHERE state = 'COMPLETED' GROUP BY 1, 2, 3, 4;

INSERT INTO agent_call_counts (day, agent_id, queue_id, outcome, calls, talk_seconds)
SELECT (queued_at AT TIME ZONE 'UTC')::date, agent_id, queue_id, outcome, count(*), sum(talk_seconds)
FROM calls WHERE state = 'COMPLETED' GROUP BY 1, 2, 3, 4;

-- What a period cuts off from the counts above is read from the calls; daily reports read their day.
CREATE INDEX calls_queued ON calls (queued_at) WHERE state = 'COMPLETED';
-- Filters of the history that few calls match: without these a page walks over all calls until it is full.
CREATE INDEX calls_history_outcome ON calls (outcome, ended_at DESC, id DESC) WHERE state = 'COMPLETED';
-- With the column itself, so that the index alone tells how many match.
CREATE INDEX calls_history_disposition ON calls (lower(disposition), ended_at DESC, id DESC) INCLUDE (disposition)
  WHERE state = 'COMPLETED';
