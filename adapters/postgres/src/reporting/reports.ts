import type { Outcome, SessionMetrics } from '@outdial/core';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../engine/database.js';
import { countRows, type Order, type Page, type PageRequest, readPage } from '../engine/page.js';
import { isPractice } from './count-calls.js';
import { metricColumns } from './metric-columns.js';

/** What one agent did on one queue in one day (UTC); the metrics count completed calls only. */
export interface DailyReport extends SessionMetrics {
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly queueId: string;
  readonly queueName: string;
  readonly byOutcome: Readonly<Partial<Record<Outcome, number>>>;
  readonly talkSeconds: number;
}

export interface ReportFilter {
  /** YYYY-MM-DD, inclusive, as is `to`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly agentId?: string | undefined;
  readonly queueId?: string | undefined;
}

export type WriteDayAnswer =
  /** `stillLive`: calls of that day that go on; write the day again when they are over. */
  | { readonly kind: 'written'; readonly rows: number; readonly stillLive: number }
  | { readonly kind: 'day_not_over' };

export interface ReportStore {
  /** The calls queued on that day, one row for each agent and queue. Writing a day again brings its rows up to date. */
  writeDay(day: string, now: Date): Promise<WriteDayAnswer>;
  /** The latest day that has rows, so that days missed can be made up for; null before the first. */
  lastDay(): Promise<string | null>;
  /** The latest day first. */
  list(filter: ReportFilter, page: PageRequest): Promise<Page<DailyReport>>;
}

/** The daily reports, which outlive the calls they were counted from. */
export function createReportStore(db: Kysely<Database>): ReportStore {
  return {
    async writeDay(day, now) {
      const start = new Date(`${day}T00:00:00.000Z`);
      const end = new Date(start.getTime() + 86_400_000);
      if (now < end) return { kind: 'day_not_over' };
      const { rows } = await sql<{ written: number; still_live: number }>`
        with of_day as (
          select agent_id, queue_id, outcome, talk_seconds from calls
          where queued_at >= ${start} and queued_at < ${end}
            -- Practice calls count only where nothing else is connected.
            and (${isPractice(sql`provider`)} is false or not exists (select from connections where not practice and removed_at is null))
        ), written as (
          insert into daily_reports
            (day, agent_id, queue_id, attempted, connected, failed, canceled, talk_seconds, by_outcome, created_at)
          select ${day}::date, agent_id, queue_id, sum(attempted), sum(connected), sum(failed), sum(canceled),
            sum(talk_seconds), jsonb_object_agg(outcome, attempted), ${now}::timestamptz
          from (
            select agent_id, queue_id, outcome, count(*)::integer as attempted, ${metricColumns}
            from of_day where outcome is not null group by agent_id, queue_id, outcome
          ) by_outcome
          group by agent_id, queue_id
          on conflict (day, agent_id, queue_id) do update set
            attempted = excluded.attempted, connected = excluded.connected, failed = excluded.failed,
            canceled = excluded.canceled, talk_seconds = excluded.talk_seconds,
            by_outcome = excluded.by_outcome, created_at = excluded.created_at
          returning 1
        )
        select (select count(*)::integer from written) as written,
          (select count(*)::integer from of_day where outcome is null) as still_live`.execute(db);
      return { kind: 'written', rows: rows[0]?.written ?? 0, stillLive: rows[0]?.still_live ?? 0 };
    },

    async lastDay() {
      const row = await db
        .selectFrom('daily_reports')
        .select('day')
        .orderBy('day', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.day ?? null;
    },

    list: (filter, page) =>
      readPage({
        db,
        order: LATEST_FIRST,
        page,
        rows: async (on, cut) => {
          const { rows } = await sql<ReportRow>`
            select daily_reports.*, coalesce(agents.name, '') as agent_name, coalesce(queues.name, '') as queue_name
            from daily_reports
            left join agents on agents.id = daily_reports.agent_id
            left join queues on queues.id = daily_reports.queue_id
            where ${matches(filter)} and ${cut.after}
            order by ${cut.orderBy}
            limit ${cut.limit}`.execute(on);
          return rows;
        },
        total: (on) => countRows(on.selectFrom('daily_reports').where(matches(filter))),
        map: toReport,
      }),
  };
}

function matches({ from, to, agentId, queueId }: ReportFilter) {
  const conditions = [sql<boolean>`true`];
  if (from !== undefined) conditions.push(sql`daily_reports.day >= ${from}::date`);
  if (to !== undefined) conditions.push(sql`daily_reports.day <= ${to}::date`);
  if (agentId !== undefined) conditions.push(sql`daily_reports.agent_id = ${agentId}`);
  if (queueId !== undefined) conditions.push(sql`daily_reports.queue_id = ${queueId}`);
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

interface ReportRow extends SessionMetrics {
  readonly day: string;
  readonly agent_id: string;
  readonly agent_name: string;
  readonly queue_id: string;
  readonly queue_name: string;
  readonly by_outcome: Partial<Record<Outcome, number>>;
  readonly talk_seconds: number;
}

const toReport = (row: ReportRow): DailyReport => ({
  day: row.day,
  agentId: row.agent_id,
  agentName: row.agent_name,
  queueId: row.queue_id,
  queueName: row.queue_name,
  attempted: row.attempted,
  connected: row.connected,
  failed: row.failed,
  canceled: row.canceled,
  byOutcome: row.by_outcome,
  talkSeconds: row.talk_seconds,
});

const LATEST_FIRST: Order<ReportRow> = {
  name: 'reports',
  keys: [
    {
      expression: sql.ref('daily_reports.day'),
      type: 'date',
      descending: true,
      value: (row) => row.day,
    },
    {
      expression: sql.ref('daily_reports.agent_id'),
      type: 'uuid',
      descending: true,
      value: (row) => row.agent_id,
    },
    {
      expression: sql.ref('daily_reports.queue_id'),
      type: 'uuid',
      descending: true,
      value: (row) => row.queue_id,
    },
  ],
};
