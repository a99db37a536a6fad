import type { CrmSync, Outcome } from '@outdial/core';
import { type Kysely, sql } from 'kysely';
import { type CallRow, type CallView, selectCallViews, toCallView } from '../dialing/call-views.js';
import type { Database } from '../engine/database.js';
import {
  afterCursor,
  type Cut,
  countSome,
  cursorOf,
  type Order,
  orderBy,
  type Page,
  type PageRequest,
  readPage,
} from '../engine/page.js';
import {
  leadCandidates,
  SEARCH_LIMITS,
  type SearchedList,
  SearchRows,
} from '../engine/search-rows.js';
import { type SearchText, searchText } from '../engine/search-text.js';
import { inSnapshot } from '../engine/snapshot.js';

export interface HistoryFilter {
  readonly agentId?: string | undefined;
  readonly leadId?: string | undefined;
  readonly queueId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly outcomes?: readonly Outcome[] | undefined;
  /** As it is written, in any case. */
  /** A label, as it was when it was saved; upper or lower case. */
  readonly disposition?: string | undefined;
  readonly dispositionCode?: string | undefined;
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
export function createHistory(db: Kysely<Database>, limits = SEARCH_LIMITS): History {
  const searchOf = (on: Kysely<Database>, filter: HistoryFilter): SearchRows | null => {
    const searched = searchedList(filter);
    return searched && new SearchRows(on, searched, limits);
  };
  return {
    list: (filter, page) =>
      inSnapshot(db, (snapshot) => {
        const search = searchOf(snapshot, filter);
        return readPage({
          db: snapshot,
          order: LAST_FIRST,
          page,
          rows: (on, cut) => readRows(on, filter, cut, search),
          total: (on) => search?.total() ?? countSome(on, matching(filter)),
          map: toCallView,
        });
      }),

    count: (filter) =>
      inSnapshot(db, async (snapshot) => {
        const search = searchOf(snapshot, filter);
        if (search) return search.count();
        const { rows } = await sql<{ count: number }>`
          select count(*)::integer as count from (${matching(filter)}) found`.execute(snapshot);
        return rows[0]?.count ?? 0;
      }),

    async *export(filter, batchSize = 500) {
      let cursor: string | undefined;
      for (;;) {
        const cut = {
          after: afterCursor(LAST_FIRST, cursor),
          orderBy: orderBy(LAST_FIRST),
          limit: batchSize,
          isFirst: cursor === undefined,
        };
        const rows = await inSnapshot(db, (snapshot) =>
          readRows(snapshot, filter, cut, searchOf(snapshot, filter)),
        );
        if (rows.length > 0) yield rows.map(toCallView);
        const last = rows.at(-1);
        if (last === undefined || rows.length < batchSize) return;
        cursor = cursorOf(LAST_FIRST, last);
      }
    },
  };
}

async function readRows(
  on: Kysely<Database>,
  filter: HistoryFilter,
  cut: Cut,
  search: SearchRows | null,
): Promise<CallRow[]> {
  const rows = selectCallViews(on).orderBy(cut.orderBy);
  if (search === null) {
    return rows.where(filtered(filter)).where(cut.after).limit(cut.limit).execute();
  }
  const ids = [...(await search.ids(cut))];
  return rows.where(sql<boolean>`calls.id = any(${ids}::uuid[])`).execute();
}

const matching = (filter: HistoryFilter) => sql`select from calls where ${filtered(filter)}`;

/** null without a search. */
function searchedList(filter: HistoryFilter): SearchedList | null {
  const q = searchText(filter.q);
  if (q === null) return null;
  return {
    table: 'calls',
    id: 'id',
    columns: ['id', 'ended_at', 'lead_id', 'lead_name', 'phone'],
    filter: filtered(filter),
    matches: found(q),
    candidates: leadCandidates(q.isInPlain(sql`names`), q.digitsAreInPlain(sql`names`)),
    key: 'lead_id',
    orderBy: orderBy(LAST_FIRST),
    isWalkable: true,
  };
}

/** The lead's name now is compared only where the call remembers another one: most of a walk's time went there. */
const found = (q: SearchText) => sql<boolean>`(
  ${q.isIn(sql`calls.lead_name`)}
  or ${q.digits === null ? sql`false` : sql`calls.phone like ${q.digits}`}
  or coalesce((select ${q.isIn(sql`leads.name`)} from leads
    where leads.id = calls.lead_id and leads.name <> calls.lead_name), false))`;

/** All but the search. */
function filtered(filter: HistoryFilter) {
  const conditions = [sql<boolean>`calls.state = 'COMPLETED'`];
  if (filter.agentId !== undefined) conditions.push(sql`calls.agent_id = ${filter.agentId}`);
  if (filter.leadId !== undefined) conditions.push(sql`calls.lead_id = ${filter.leadId}`);
  if (filter.queueId !== undefined) conditions.push(sql`calls.queue_id = ${filter.queueId}`);
  if (filter.sessionId !== undefined) conditions.push(sql`calls.session_id = ${filter.sessionId}`);
  const [outcome, ...others] = filter.outcomes ?? [];
  // Of one alone an index by outcome has the calls in the order of the page; of several it would have to be sorted.
  if (others.length > 0) conditions.push(sql`calls.outcome = any(${[outcome, ...others]}::text[])`);
  else if (outcome !== undefined) conditions.push(sql`calls.outcome = ${outcome}`);
  if (filter.disposition !== undefined) {
    conditions.push(sql`lower(calls.disposition) = lower(${filter.disposition})`);
  }
  if (filter.dispositionCode !== undefined) {
    conditions.push(sql`calls.disposition_code = ${filter.dispositionCode}`);
  }
  if (filter.crmState !== undefined) conditions.push(sql`calls.crm_state = ${filter.crmState}`);
  if (filter.from !== undefined) conditions.push(sql`calls.ended_at >= ${filter.from}`);
  if (filter.to !== undefined) conditions.push(sql`calls.ended_at < ${filter.to}`);
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
