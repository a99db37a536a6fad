import type { Metric, Outcome, SessionMetrics } from '@outdial/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../engine/database.js';
import {
  COUNTS_BY_DAY,
  COUNTS_BY_QUARTER,
  dayOf,
  isPractice,
  QUARTER_HOUR_MS,
} from './count-calls.js';
import { outcomesOf } from './metric-columns.js';

export interface StatsRequest {
  /** Queued at or after. */
  readonly from: Date;
  /** Queued before. */
  readonly to: Date;
  readonly agentId?: string | undefined;
  readonly queueId?: string | undefined;
  /** Practice calls ring no phone. Left out: they count like all others. */
  readonly practice?: 'exclude' | 'only' | undefined;
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

/**
 * Sums over calls, those that were deleted as too old left out. A call belongs to the moment at which it was queued, so that
 * it never changes its hour.
 */
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

const DAY_MS = 86_400_000;

/**
 * One statement for all groupings, so that all of them are sums over the same calls, whatever is written meanwhile. What is
 * over comes from the counts that are kept as calls end (and what is not added up in them yet), as far as the period takes whole ones; the calls themselves tell
 * what its ends cut off, and what is live. One agent's calls are few: they are summed as they are.
 */
async function readGroups(
  db: Kysely<Database>,
  request: StatsRequest,
  timeZone: string,
): Promise<readonly GroupRow[]> {
  const { agentId, queueId, practice } = request;
  const one = agentId === undefined ? sql`` : sql`and agent_id = ${agentId}`;
  const both = queueId === undefined ? one : sql`${one} and queue_id = ${queueId}`;
  const onlySums =
    practice === undefined ? both : sql`${both} and practice = ${practice === 'only'}`;
  const only =
    practice === undefined
      ? both
      : sql`${both} and ${isPractice(sql`provider`)} = ${practice === 'only'}`;
  const facts =
    agentId === undefined ? factsOfAll(request, only, onlySums) : factsOfOne(request, only);
  const { rows } = await sql<GroupRow>`
    with live as (
      select agent_id, queue_id, queued_at as at, null as outcome, null as disposition, 1 as calls, talk_seconds
      from calls
      where state <> 'COMPLETED' and queued_at >= ${request.from} and queued_at < ${request.to} ${only}
    ), ${facts}, grouped as (
      select
        case
          when grouping(queue_id) = 0 then 'queue'
          when grouping(outcome) = 0 then 'outcome'
          when grouping(disposition) = 0 then 'disposition'
          when grouping(at) = 0 then 'time'
          else 'all'
        end as grouped_by,
        queue_id, outcome, disposition, at, ${summed}
      from facts
      group by grouping sets ((), (queue_id), (outcome), (disposition), (at))
      -- What counts otherwise now is there with its opposite until it is added up.
      having sum(calls) <> 0
    ), by_time as (
      select extract(hour from at at time zone ${timeZone}::text)::integer as hour,
        to_char(at at time zone ${timeZone}::text, 'YYYY-MM-DD') as day,
        attempted, connected, failed, canceled, talk_seconds
      from grouped where grouped_by = 'time'
    ), told as (
      select grouped_by, null::uuid as agent_id, queue_id, outcome, disposition, null::integer as hour, null as day,
        attempted, connected, failed, canceled, talk_seconds
      from grouped where grouped_by <> 'time'
      union all
      select 'agent', agent_id, null, null, null, null, null, ${summed} from facts_by_agent group by agent_id having sum(calls) <> 0
      union all
      select case when grouping(hour) = 0 then 'hour' else 'day' end, null, null, null, null, hour, day,
        sum(attempted), sum(connected), sum(failed), sum(canceled), sum(talk_seconds)
      from by_time group by grouping sets ((hour), (day))
    )
    select told.*, agents.name as agent_name, queues.name as queue_name, queues.ad_hoc
    from told
    left join agents on agents.id = told.agent_id
    left join queues on queues.id = told.queue_id
    order by grouped_by, day, hour, attempted desc, outcome, disposition, agents.name, queues.name, agent_id, queue_id
  `.execute(db);
  return rows;
}

const columns = sql`agent_id, queue_id, queued_at as at, outcome, disposition, 1 as calls, talk_seconds`;

/**
 * A completed call was queued before it ended, so the index on the agent's ends bounds the search; the hour of slack is for
 * providers whose clocks are behind ours.
 */
const factsOfOne = ({ from, to }: StatsRequest, only: RawBuilder<unknown>) => sql`
  facts as (
    select ${columns} from calls
    where state = 'COMPLETED' and ended_at >= ${new Date(from.getTime() - 3_600_000)}
      and queued_at >= ${from} and queued_at < ${to} ${only}
    union all
    select * from live
  ), facts_by_agent as (
    select * from facts
  )`;

/** `only`: of the calls; `onlySums`: of what was counted from them. */
function factsOfAll(
  { from, to }: StatsRequest,
  only: RawBuilder<unknown>,
  onlySums: RawBuilder<unknown>,
) {
  const quarters = wholeWithin(from, to, QUARTER_HOUR_MS);
  const days = wholeWithin(from, to, DAY_MS);
  const completed = (begin: Date, end: Date) => sql`
    select ${columns} from calls
    where state = 'COMPLETED' and queued_at >= ${begin} and queued_at < ${end} ${only}`;
  return sql`
    facts as (
      select null::uuid as agent_id, queue_id, bucket as at, outcome, nullif(disposition, '') as disposition, calls, talk_seconds
      from ${COUNTS_BY_QUARTER} where calls <> 0 and bucket >= ${quarters.from} and bucket < ${quarters.to} ${onlySums}
      union all
      select null, queue_id, bucket, outcome, nullif(disposition, ''), calls, talk_seconds
      from call_count_changes where bucket >= ${quarters.from} and bucket < ${quarters.to} ${onlySums}
      union all ${completed(from, quarters.from)}
      union all ${completed(quarters.to, to)}
      union all select * from live
    ), facts_by_agent as (
      select agent_id, outcome, calls, talk_seconds from ${COUNTS_BY_DAY}
      where calls <> 0 and day >= ${dayOf(sql`${days.from}::timestamptz`)} and day < ${dayOf(sql`${days.to}::timestamptz`)} ${onlySums}
      union all
      select agent_id, outcome, calls, talk_seconds from call_count_changes
      where bucket >= ${days.from} and bucket < ${days.to} ${onlySums}
      union all select agent_id, outcome, calls, talk_seconds from (${completed(from, days.from)}) beginning
      union all select agent_id, outcome, calls, talk_seconds from (${completed(days.to, to)}) ending
      union all select agent_id, outcome, calls, talk_seconds from live
    )`;
}

/** The part of a period that consists of whole units; without one, nothing at its end. */
function wholeWithin(from: Date, to: Date, unit: number): { from: Date; to: Date } {
  const first = Math.ceil(from.getTime() / unit) * unit;
  const last = Math.floor(to.getTime() / unit) * unit;
  return first < last ? { from: new Date(first), to: new Date(last) } : { from: to, to };
}

const sumOf = (metric: Metric) =>
  sql`coalesce(sum(calls) filter (where outcome in (${outcomesOf(metric)})), 0)`;

/** The sums over calls of P10. */
const summed = sql`
  coalesce(sum(calls), 0) as attempted, ${sumOf('connected')} as connected, ${sumOf('failed')} as failed,
  ${sumOf('canceled')} as canceled, coalesce(sum(talk_seconds), 0) as talk_seconds`;

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
