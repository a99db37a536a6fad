import type { CompletedCall } from '@outdial/core';
import { type RawBuilder, sql } from 'kysely';
import { callToRecord } from './map-rows.js';
import { toJson } from './to-json.js';

/** Where `call_counts` counts a call: the quarter of an hour (UTC) in which it was queued. */
export const QUARTER_HOUR_MS = 15 * 60_000;
export const bucketOf = (queuedAt: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`date_bin('15 minutes', ${queuedAt}, 'epoch')`;
/** Where `agent_call_counts` counts it. */
export const dayOf = (queuedAt: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(${queuedAt} at time zone 'UTC')::date`;

/**
 * Parts of the statement that writes `calls`, behind its `guard`: each call that is over counts as it is written, and no
 * longer as it stood. Without these the statistics would not be sums over calls (P10).
 *
 * In order of their keys, as calls of other sessions count in the same rows, and last in the statement, so that those rows are
 * held for as short as can be.
 */
export function counts(calls: readonly CompletedCall[]): RawBuilder<unknown>[] {
  const records = calls.map((call) => {
    const { id, queued_at, agent_id, queue_id, outcome, disposition, talk_seconds } =
      callToRecord(call);
    return { id, queued_at, agent_id, queue_id, outcome, disposition, talk_seconds };
  });
  return [
    sql`counted as (
      select r.queued_at, r.agent_id, r.queue_id, v.*
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
    )`,
    sql`counted_calls as (
      insert into call_counts as k (bucket, queue_id, outcome, disposition, calls, talk_seconds)
      select ${bucketOf(sql`queued_at`)}, queue_id, outcome, disposition, sum(calls), sum(talk_seconds) from counted
      group by 1, 2, 3, 4 having sum(calls) <> 0 or sum(talk_seconds) <> 0
      order by 1, 2, 3, 4
      on conflict (bucket, queue_id, outcome, disposition) do update
      set calls = k.calls + excluded.calls, talk_seconds = k.talk_seconds + excluded.talk_seconds
    )`,
    sql`counted_by_agent as (
      insert into agent_call_counts as k (day, agent_id, queue_id, outcome, calls, talk_seconds)
      select ${dayOf(sql`queued_at`)}, agent_id, queue_id, outcome, sum(calls), sum(talk_seconds) from counted
      group by 1, 2, 3, 4 having sum(calls) <> 0 or sum(talk_seconds) <> 0
      order by 1, 2, 3, 4
      on conflict (day, agent_id, queue_id, outcome) do update
      set calls = k.calls + excluded.calls, talk_seconds = k.talk_seconds + excluded.talk_seconds
    )`,
  ];
}
