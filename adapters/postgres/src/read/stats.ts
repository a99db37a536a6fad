import type { Outcome, SessionMetrics } from '@outdial/core';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.js';
import { metricColumns } from './metric-columns.js';

export interface StatsRequest {
  /** Queued at or after. */
  readonly from: Date;
  /** Queued before. */
  readonly to: Date;
  readonly agentId?: string | undefined;
  readonly queueId?: string | undefined;
  /** IANA name, for hours and days; UTC unless told. Throws `UnknownTimeZone`. */
  readonly timeZone?: string | undefined;
}

/** P10: attempted = connected + failed + canceled + live, here and in every group. */
export interface Totals extends SessionMetrics {
  readonly live: number;
  readonly talkSeconds: number;
  /** connected / completed, 0 to 1; 0 when nothing is completed. */
  readonly connectRate: number;
}

export interface Stats {
  readonly totals: Totals & {
    /** Per conversation. */
    readonly averageTalkSeconds: number;
    readonly abandoned: number;
    /** abandoned / (connected + abandoned), 0 to 1: of the people who answered. */
    readonly abandonRate: number;
  };
  readonly byOutcome: readonly { readonly outcome: Outcome; readonly calls: number }[];
  readonly byDisposition: readonly { readonly disposition: string; readonly calls: number }[];
  readonly byAgent: readonly (Totals & { readonly agentId: string; readonly agentName: string })[];
  readonly byQueue: readonly (Totals & {
    readonly queueId: string;
    readonly queueName: string;
    readonly adHoc: boolean;
  })[];
  /** 0 to 23; hours without calls are left out, as are days. */
  readonly byHour: readonly (Totals & { readonly hour: number })[];
  /** `day`: YYYY-MM-DD. */
  readonly byDay: readonly (Totals & { readonly day: string })[];
}

/** A name that no time zone has. */
export class UnknownTimeZone extends Error {
  readonly code = 'UNKNOWN_TIME_ZONE';

  constructor(timeZone: string, options?: { cause: unknown }) {
    super(`"${timeZone}" is not the name of a time zone.`, options);
    this.name = 'UnknownTimeZone';
  }
}

export interface Statistics {
  read(request: StatsRequest): Promise<Stats>;
}

/** Sums over calls. A call belongs to the moment at which it was queued, so that it never changes its hour. */
export function createStatistics(db: Kysely<Database>): Statistics {
  return {
    async read(request) {
      const timeZone = checkedZone(request.timeZone ?? 'UTC');
      const rows = await readGroups(db, request, timeZone);
      const total = rows.find((row) => row.grouped_by === 'all');
      const of = (groupedBy: GroupRow['grouped_by']) =>
        rows.filter((row) => row.grouped_by === groupedBy);
      const totals = toTotals(total ?? NOTHING);
      const abandoned = of('outcome').find((row) => row.outcome === 'ABANDONED')?.attempted ?? 0;
      return {
        totals: {
          ...totals,
          averageTalkSeconds: ratio(totals.talkSeconds, totals.connected),
          abandoned,
          abandonRate: ratio(abandoned, totals.connected + abandoned),
        },
        // Live calls have no outcome and no disposition yet; they are in `totals.live`.
        byOutcome: of('outcome').flatMap(({ outcome, attempted }) =>
          outcome === null ? [] : [{ outcome, calls: attempted }],
        ),
        byDisposition: of('disposition').flatMap(({ disposition, attempted }) =>
          disposition === null ? [] : [{ disposition, calls: attempted }],
        ),
        byAgent: of('agent').map((row) => ({
          agentId: row.agent_id ?? '',
          agentName: row.agent_name ?? '',
          ...toTotals(row),
        })),
        byQueue: of('queue').map((row) => ({
          queueId: row.queue_id ?? '',
          queueName: row.queue_name ?? '',
          adHoc: row.ad_hoc ?? false,
          ...toTotals(row),
        })),
        byHour: of('hour').map((row) => ({ hour: row.hour ?? 0, ...toTotals(row) })),
        byDay: of('day').map((row) => ({ day: row.day ?? '', ...toTotals(row) })),
      };
    },
  };
}

interface GroupRow extends SessionMetrics {
  readonly grouped_by: 'all' | 'agent' | 'queue' | 'outcome' | 'disposition' | 'hour' | 'day';
  readonly agent_id: string | null;
  readonly agent_name: string | null;
  readonly queue_id: string | null;
  readonly queue_name: string | null;
  readonly ad_hoc: boolean | null;
  readonly outcome: Outcome | null;
  readonly disposition: string | null;
  readonly hour: number | null;
  readonly day: string | null;
  readonly talk_seconds: number;
}

const NOTHING = { attempted: 0, connected: 0, failed: 0, canceled: 0, talk_seconds: 0 };

/**
 * One statement for all groupings, so that all of them are sums over the same calls, whatever is written meanwhile.
 * A completed call was queued before it ended, so the index on its end bounds the search; the hour of slack is for
 * providers whose clocks are behind ours.
 */
async function readGroups(
  db: Kysely<Database>,
  { from, to, agentId, queueId }: StatsRequest,
  timeZone: string,
): Promise<readonly GroupRow[]> {
  const queuedLocal = sql`(calls.queued_at at time zone ${timeZone}::text)`;
  const columns = sql`agent_id, queue_id, outcome, disposition, talk_seconds,
    extract(hour from ${queuedLocal})::integer as hour, to_char(${queuedLocal}, 'YYYY-MM-DD') as day`;
  const chosen = sql`calls.queued_at >= ${from} and calls.queued_at < ${to}
    and ${agentId === undefined ? sql`true` : sql`calls.agent_id = ${agentId}`}
    and ${queueId === undefined ? sql`true` : sql`calls.queue_id = ${queueId}`}`;
  const slack = new Date(from.getTime() - 3_600_000);
  const { rows } = await sql<GroupRow>`
    with chosen as (
      select ${columns} from calls where state = 'COMPLETED' and ended_at >= ${slack} and ${chosen}
      union all
      select ${columns} from calls where state <> 'COMPLETED' and ${chosen}
    ), grouped as (
      select
        case
          when grouping(agent_id) = 0 then 'agent'
          when grouping(queue_id) = 0 then 'queue'
          when grouping(outcome) = 0 then 'outcome'
          when grouping(disposition) = 0 then 'disposition'
          when grouping(hour) = 0 then 'hour'
          when grouping(day) = 0 then 'day'
          else 'all'
        end as grouped_by,
        agent_id, queue_id, outcome,
        -- What an agent says of a live call is not counted before its outcome is.
        disposition, hour, day,
        count(*)::integer as attempted,
        ${metricColumns}
      from (select agent_id, queue_id, outcome, case when outcome is not null then disposition end as disposition,
        talk_seconds, hour, day from chosen) calls
      group by grouping sets ((), (agent_id), (queue_id), (outcome), (disposition), (hour), (day))
    )
    select grouped.*, agents.name as agent_name, queues.name as queue_name, queues.ad_hoc
    from grouped
    left join agents on agents.id = grouped.agent_id
    left join queues on queues.id = grouped.queue_id
    order by grouped_by, day, hour, attempted desc, outcome, disposition, agents.name, queues.name, agent_id, queue_id
  `.execute(db);
  return rows;
}

function toTotals(row: SessionMetrics & { readonly talk_seconds: number }): Totals {
  const completed = row.connected + row.failed + row.canceled;
  return {
    attempted: row.attempted,
    connected: row.connected,
    failed: row.failed,
    canceled: row.canceled,
    live: row.attempted - completed,
    talkSeconds: row.talk_seconds,
    connectRate: ratio(row.connected, completed),
  };
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** PostgreSQL takes more than names ("UTC+3" means three hours behind), people mean names. */
function checkedZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    throw new UnknownTimeZone(timeZone, { cause });
  }
  if (/^[+-]/.test(timeZone)) throw new UnknownTimeZone(timeZone);
  return timeZone;
}
