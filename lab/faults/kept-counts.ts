import { type Call, meaningOf } from '@outdial/core';
import type { Database } from '@outdial/postgres';
import { type Kysely, sql } from 'kysely';
import type { Breach } from '../worlds/index.js';

/** One row of the counts that the statistics are read from. */
export interface KeptCount {
  readonly of: 'call_counts' | 'agent_call_counts';
  /** The columns that say which calls it counts, as one word. */
  readonly key: string;
  readonly calls: number;
  readonly talkSeconds: number;
}

const QUARTER_HOUR_MS = 15 * 60_000;

/** Where both tables have to count a call that is over. */
function keysOf(call: Call & { state: 'COMPLETED' }): readonly Pick<KeptCount, 'of' | 'key'>[] {
  const { queuedAt, queueId, agentId, outcome, disposition } = call;
  const quarter = new Date(Math.floor(queuedAt.getTime() / QUARTER_HOUR_MS) * QUARTER_HOUR_MS);
  const label = disposition?.label ?? meaningOf(outcome).disposition ?? '';
  return [
    { of: 'call_counts', key: [quarter.toISOString(), queueId, outcome, label].join(' ') },
    {
      of: 'agent_call_counts',
      key: [queuedAt.toISOString().slice(0, 10), agentId, queueId, outcome].join(' '),
    },
  ];
}

/** All counts, with the keys that `countsAreSums` expects; what is not added up yet is. */
export async function readKeptCounts(db: Kysely<Database>): Promise<readonly KeptCount[]> {
  // One statement, as a node may be adding up.
  const { rows } = await sql<KeptCount>`
    select 'call_counts' as of,
      concat_ws(' ', to_char(bucket at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), queue_id, outcome, disposition) as key,
      sum(calls)::integer as calls, sum(talk_seconds)::integer as "talkSeconds"
    from (
      select bucket, queue_id, outcome, disposition, calls, talk_seconds from call_counts
      union all select bucket, queue_id, outcome, disposition, calls, talk_seconds from practice_call_counts
      union all select bucket, queue_id, outcome, disposition, calls, talk_seconds from call_count_changes
    ) k group by bucket, queue_id, outcome, disposition
    union all
    -- A date has no time zone, and must not be given one on its way.
    select 'agent_call_counts', concat_ws(' ', day::text, agent_id, queue_id, outcome),
      sum(calls)::integer, sum(talk_seconds)::integer
    from (
      select day, agent_id, queue_id, outcome, calls, talk_seconds from agent_call_counts
      union all select day, agent_id, queue_id, outcome, calls, talk_seconds from practice_agent_call_counts
      union all
      select (bucket at time zone 'UTC')::date, agent_id, queue_id, outcome, calls, talk_seconds from call_count_changes
    ) k group by day, agent_id, queue_id, outcome`.execute(db);
  return rows;
}

/**
 * P10 of the statistics: what is kept is what the calls come to. Summed here call by call, and not with the SQL that counts
 * them, so that a mistake there is not repeated.
 */
export function countsAreSums(
  calls: readonly Call[],
  kept: readonly KeptCount[],
): readonly Breach[] {
  const sums = new Map<string, { calls: number; talkSeconds: number }>();
  for (const call of calls) {
    if (call.state !== 'COMPLETED') continue;
    for (const { of, key } of keysOf(call)) {
      const sum = sums.get(`${of}: ${key}`) ?? { calls: 0, talkSeconds: 0 };
      sums.set(`${of}: ${key}`, sum);
      sum.calls += 1;
      sum.talkSeconds += call.talkSeconds;
    }
  }
  const counts = new Map(
    kept.map(({ of, key, calls, talkSeconds }) => [`${of}: ${key}`, { calls, talkSeconds }]),
  );
  return [...new Set([...sums.keys(), ...counts.keys()])].flatMap((name) => {
    const { calls, talkSeconds } = counts.get(name) ?? NOTHING;
    const sum = sums.get(name) ?? NOTHING;
    if (calls === sum.calls && talkSeconds === sum.talkSeconds) return [];
    const saw = `${name} counts ${calls} calls of ${talkSeconds} s, but there are ${sum.calls} of ${sum.talkSeconds} s.`;
    return [{ promise: 'P10' as const, saw }];
  });
}

const NOTHING = { calls: 0, talkSeconds: 0 };
