import type { CompletedCall } from '@outdial/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { callToRecord } from '../dialing/map-rows.js';
import type { Database } from '../engine/database.js';
import { toJson } from '../engine/to-json.js';

/** Where `call_counts` counts a call: the quarter of an hour (UTC) in which it was queued. */
export const QUARTER_HOUR_MS = 15 * 60_000;
export const bucketOf = (queuedAt: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`date_bin('15 minutes', ${queuedAt}, 'epoch')`;
/** Where `agent_call_counts` counts it. */
export const dayOf = (queuedAt: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(${queuedAt} at time zone 'UTC')::date`;

/** Whether the calls of a connection ring no phone. */
export const isPractice = (connectionId: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(${connectionId} in (select id from connections where practice))`;

/**
 * A part of the statement that writes `calls`, behind its `guard`: each call that is over counts as it is written, and no
 * longer as it stood. Without it the statistics would not be sums over calls (P10).
 *
 * A row is added and none is changed, so that calls of one outcome do not wait for each other's commits; `addUpCounts` does the
 * adding up, and every reader of the counts reads `call_count_changes` beside them.
 */
export function counted(calls: readonly CompletedCall[]): RawBuilder<unknown> {
  const records = calls.map((call) => {
    const { id, queued_at, agent_id, queue_id, provider, outcome, disposition, talk_seconds } =
      callToRecord(call);
    return { id, queued_at, agent_id, queue_id, provider, outcome, disposition, talk_seconds };
  });
  return sql`counted as (
    insert into call_count_changes (bucket, agent_id, queue_id, outcome, disposition, practice, calls, talk_seconds)
    select ${bucketOf(sql`r.queued_at`)}, r.agent_id, r.queue_id, v.outcome, v.disposition,
      ${isPractice(sql`r.provider`)}, sum(v.calls), sum(v.talk_seconds)
    from guard
    cross join (
      select * from json_populate_recordset(null::calls, ${toJson(records)}::json)
      limit ${sql.lit(records.length)}
    ) r
    left join calls c on c.id = r.id
    cross join lateral (values
      (r.outcome, coalesce(r.disposition, ''), 1, r.talk_seconds),
      (c.outcome, coalesce(c.disposition, ''), -1, -c.talk_seconds)
    ) v (outcome, disposition, calls, talk_seconds)
    where v.outcome is not null
    group by 1, 2, 3, 4, 5, 6 having sum(v.calls) <> 0 or sum(v.talk_seconds) <> 0
  )`;
}

/**
 * Adds what ended calls left in `call_count_changes` up in the counts, and answers how many rows that were. Safe at any time and on
 * several nodes at once: what one of them deletes, no other finds. Rows of the counts are taken in the order of their keys.
 */
export async function addUpCounts(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ taken: number }>`
    with taken as (
      delete from call_count_changes returning *
    ), by_quarter as (${intoQuarters(false)}), by_agent as (${intoDays(false)}),
    practice_by_quarter as (${intoQuarters(true)}), practice_by_agent as (${intoDays(true)})
    select count(*)::integer as taken from taken`.execute(db);
  return rows[0]?.taken ?? 0;
}

const intoQuarters = (practice: boolean): RawBuilder<unknown> => sql`
  insert into ${sql.table(practice ? 'practice_call_counts' : 'call_counts')} as k
    (bucket, queue_id, outcome, disposition, calls, talk_seconds)
  select bucket, queue_id, outcome, disposition, sum(calls), sum(talk_seconds) from taken
  where practice = ${sql.lit(practice)}
  group by 1, 2, 3, 4 having sum(calls) <> 0 or sum(talk_seconds) <> 0
  order by 1, 2, 3, 4
  on conflict (bucket, queue_id, outcome, disposition) do update
  set calls = k.calls + excluded.calls, talk_seconds = k.talk_seconds + excluded.talk_seconds`;

const intoDays = (practice: boolean): RawBuilder<unknown> => sql`
  insert into ${sql.table(practice ? 'practice_agent_call_counts' : 'agent_call_counts')} as k
    (day, agent_id, queue_id, outcome, calls, talk_seconds)
  select ${dayOf(sql`bucket`)}, agent_id, queue_id, outcome, sum(calls), sum(talk_seconds) from taken
  where practice = ${sql.lit(practice)}
  group by 1, 2, 3, 4 having sum(calls) <> 0 or sum(talk_seconds) <> 0
  order by 1, 2, 3, 4
  on conflict (day, agent_id, queue_id, outcome) do update
  set calls = k.calls + excluded.calls, talk_seconds = k.talk_seconds + excluded.talk_seconds`;

/** All sums by quarter of an hour, with whether they are of practice calls. */
export const COUNTS_BY_QUARTER = sql`(
  select *, false as practice from call_counts union all select *, true from practice_call_counts) call_counts`;
export const COUNTS_BY_DAY = sql`(
  select *, false as practice from agent_call_counts union all select *, true from practice_agent_call_counts) agent_call_counts`;
