import { type Call, meaningOf } from '@outdial/core';
import type { Database } from '@outdial/postgres';
import type { Breach } from '@outdial/testing/worlds';
import { type Kysely, sql } from 'kysely';

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
  const { queuedAt, queueId, agentId, outcome, verdict } = call;
  const quarter = new Date(Math.floor(queuedAt.getTime() / QUARTER_HOUR_MS) * QUARTER_HOUR_MS);
  const disposition = verdict?.disposition ?? meaningOf(outcome).disposition ?? '';
  return [
    { of: 'call_counts', key: [quarter.toISOString(), queueId, outcome, disposition].join(' ') },
    {
      of: 'agent_call_counts',
      key: [queuedAt.toISOString().slice(0, 10), agentId, queueId, outcome].join(' '),
    },
  ];
}

/** All counts, with the keys that `countsAreSums` expects. */
export async function readKeptCounts(db: Kysely<Database>): Promise<readonly KeptCount[]> {
  const byQuarter = await db.selectFrom('call_counts').selectAll().execute();
  const byAgent = await db
    .selectFrom('agent_call_counts')
    .select(['agent_id', 'queue_id', 'outcome', 'calls', 'talk_seconds'])
    // A date has no time zone, and must not be given one on its way.
    .select(sql<string>`day::text`.as('day'))
    .execute();
  return [
    ...byQuarter.map((row) => ({
      of: 'call_counts' as const,
      key: [row.bucket.toISOString(), row.queue_id, row.outcome, row.disposition].join(' '),
      calls: row.calls,
      talkSeconds: Number(row.talk_seconds),
    })),
    ...byAgent.map((row) => ({
      of: 'agent_call_counts' as const,
      key: [row.day, row.agent_id, row.queue_id, row.outcome].join(' '),
      calls: row.calls,
      talkSeconds: Number(row.talk_seconds),
    })),
  ];
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
