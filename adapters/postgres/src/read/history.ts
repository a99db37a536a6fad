import type { CrmSync, Outcome } from '@outdial/core';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.js';
import { type CallRow, type CallView, selectCallViews, toCallView } from './calls.js';
import {
  afterCursor,
  countSome,
  cursorOf,
  type Order,
  orderBy,
  type Page,
  type PageRequest,
  readPage,
} from './page.js';
import { searchText } from './search-text.js';

export interface HistoryFilter {
  readonly agentId?: string | undefined;
  readonly leadId?: string | undefined;
  readonly queueId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly outcomes?: readonly Outcome[] | undefined;
  /** As it is written, in any case. */
  readonly disposition?: string | undefined;
  readonly crmState?: CrmSync['state'] | undefined;
  /** Ended at or after. */
  readonly from?: Date | undefined;
  /** Ended before. */
  readonly to?: Date | undefined;
  /** In the lead's name, when called or now, or in the digits of the number. */
  readonly q?: string | undefined;
}

export interface History {
  /** Completed calls, the last ended first. */
  list(filter: HistoryFilter, page: PageRequest): Promise<Page<CallView>>;
  /** How many, exactly: for what must be known before all of them are read. */
  count(filter: HistoryFilter): Promise<number>;
  /** The same, all of them, batch by batch; no transaction is held between two batches. */
  export(
    filter: HistoryFilter,
    batchSize?: number,
  ): AsyncGenerator<readonly CallView[], void, void>;
}

/** What was called. */
export function createHistory(db: Kysely<Database>): History {
  return {
    list: (filter, page) =>
      readPage({
        order: LAST_FIRST,
        page,
        rows: (cut) =>
          selectCallViews(db)
            .where(matches(filter))
            .where(cut.after)
            .orderBy(cut.orderBy)
            .limit(cut.limit)
            .execute(),
        total: () => countSome(db, matching(filter)),
        map: toCallView,
      }),

    async count(filter) {
      const { rows } = await sql<{ count: number }>`
        select count(*)::integer as count from (${matching(filter)}) found`.execute(db);
      return rows[0]?.count ?? 0;
    },

    async *export(filter, batchSize = 500) {
      let cursor: string | undefined;
      for (;;) {
        const rows: CallRow[] = await selectCallViews(db)
          .where(matches(filter))
          .where(afterCursor(LAST_FIRST, cursor))
          .orderBy(orderBy(LAST_FIRST))
          .limit(batchSize)
          .execute();
        if (rows.length > 0) yield rows.map(toCallView);
        const last = rows.at(-1);
        if (last === undefined || rows.length < batchSize) return;
        cursor = cursorOf(LAST_FIRST, last);
      }
    },
  };
}

/** For counting: the lead is joined only where the search looks at its name. */
const matching = (filter: HistoryFilter) => sql`
  select from calls ${filter.q ? sql`left join leads on leads.id = calls.lead_id` : sql``}
  where ${matches(filter)}`;

function matches(filter: HistoryFilter) {
  const conditions = [sql<boolean>`calls.state = 'COMPLETED'`];
  if (filter.agentId !== undefined) conditions.push(sql`calls.agent_id = ${filter.agentId}`);
  if (filter.leadId !== undefined) conditions.push(sql`calls.lead_id = ${filter.leadId}`);
  if (filter.queueId !== undefined) conditions.push(sql`calls.queue_id = ${filter.queueId}`);
  if (filter.sessionId !== undefined) conditions.push(sql`calls.session_id = ${filter.sessionId}`);
  if (filter.outcomes?.length)
    conditions.push(sql`calls.outcome = any(${[...filter.outcomes]}::text[])`);
  if (filter.disposition !== undefined) {
    conditions.push(sql`lower(calls.disposition) = lower(${filter.disposition})`);
  }
  if (filter.crmState !== undefined) conditions.push(sql`calls.crm_state = ${filter.crmState}`);
  if (filter.from !== undefined) conditions.push(sql`calls.ended_at >= ${filter.from}`);
  if (filter.to !== undefined) conditions.push(sql`calls.ended_at < ${filter.to}`);
  const q = searchText(filter.q);
  if (q) {
    const inPhone = q.digits === null ? sql`false` : sql`calls.phone like ${q.digits}`;
    conditions.push(
      sql`(calls.lead_name ilike ${q.text} or leads.name ilike ${q.text} or ${inPhone})`,
    );
  }
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

/** A completed call always has an end. */
const LAST_FIRST: Order<CallRow> = {
  name: 'history',
  keys: [
    {
      expression: sql.ref('calls.ended_at'),
      type: 'timestamptz',
      descending: true,
      value: (row) => row.ended_at ?? row.queued_at,
    },
    { expression: sql.ref('calls.id'), type: 'uuid', descending: true, value: (row) => row.id },
  ],
};
