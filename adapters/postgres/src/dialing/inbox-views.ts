import type { CallState, ProviderEvent, SessionStatus } from '@outdial/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database, ProviderEventsTable } from '../engine/database.js';
import { countRows, type Order, type Page, type PageRequest, readPage } from '../engine/page.js';
import { providerEventFromRow } from './provider-inbox.js';

export interface InboxFilter {
  readonly state?: ProviderEvent['state'] | undefined;
  readonly provider?: string | undefined;
}

/** How the system is doing, for metrics; never counts what is over and well. */
export interface Gauges {
  /** Provider events that wait, those that failed too often, and how long the oldest waiting one has been waiting. */
  readonly inbox: { readonly pending: number; readonly dead: number; readonly lagSeconds: number };
  readonly liveCalls: Readonly<Record<Exclude<CallState, 'COMPLETED'>, number>>;
  /** Completed calls that the CRM does not have yet; `givenUp` counts the FAILED ones, which wait for a person to replay them. */
  readonly crmBacklog: {
    readonly pending: number;
    readonly failed: number;
    readonly givenUp: number;
  };
  readonly sessions: Readonly<Record<Exclude<SessionStatus, 'STOPPED'>, number>>;
}

export interface InboxViews {
  /** Newest first. */
  list(filter: InboxFilter, page: PageRequest): Promise<Page<ProviderEvent>>;
  get(eventId: string): Promise<ProviderEvent | null>;
  /** A DEAD event is PENDING again, due now, with all its tries. */
  replay(eventId: string, now: Date): Promise<'replayed' | 'not_dead' | 'not_found'>;
  /** All that are DEAD, in one statement; answers how many, and the ids of the first, by arrival: as many as `show`. */
  replayAll(
    now: Date,
    show: number,
  ): Promise<{ readonly count: number; readonly first: readonly string[] }>;
  gauges(now: Date): Promise<Gauges>;
}

/** What providers told us, for people who look after the system. */
export function createInboxViews(db: Kysely<Database>): InboxViews {
  const get = async (eventId: string): Promise<ProviderEvent | null> => {
    const row = await db
      .selectFrom('provider_events')
      .selectAll()
      .where('id', '=', eventId)
      .executeTakeFirst();
    return row ? providerEventFromRow(row) : null;
  };

  return {
    list(filter, page) {
      const matching = (on: Kysely<Database>) =>
        on.selectFrom('provider_events').where(matches(filter));
      return readPage({
        db,
        order: NEWEST_FIRST,
        page,
        rows: (on, cut) =>
          matching(on).selectAll().where(cut.after).orderBy(cut.orderBy).limit(cut.limit).execute(),
        total: (on) => countRows(matching(on)),
        map: providerEventFromRow,
      });
    },

    get,

    async replay(eventId, now) {
      const replayed = await db
        .updateTable('provider_events')
        .set({ state: 'PENDING', attempts: 0, due_at: now })
        .where('id', '=', eventId)
        .where('state', '=', 'DEAD')
        .returning('id')
        .executeTakeFirst();
      if (replayed) return 'replayed';
      return (await get(eventId)) ? 'not_dead' : 'not_found';
    },

    async replayAll(now, show) {
      const { rows } = await sql<{ count: number; first: string[] }>`
        with replayed as (
          update provider_events set state = 'PENDING', attempts = 0, due_at = ${now}
          where state = 'DEAD' returning id, received_at
        )
        select count(*)::integer as count,
          coalesce((select json_agg(id) from (
            select id from replayed order by received_at, id limit ${show}) oldest), '[]') as first
        from replayed
      `.execute(db);
      return rows[0] ?? { count: 0, first: [] };
    },

    gauges: (now) => readGauges(db, now),
  };
}

async function readGauges(db: Kysely<Database>, now: Date): Promise<Gauges> {
  const { rows } = await sql<{
    pending: number;
    oldest: Date | null;
    dead: number;
    crm_pending: number;
    crm_failed: number;
    crm_given_up: number;
    live: Partial<Gauges['liveCalls']> | null;
    sessions: Partial<Gauges['sessions']> | null;
  }>`
    select inbox.*, crm.*,
      (select count(*)::integer from provider_events where state = 'DEAD') as dead,
      (select jsonb_object_agg(state, calls) from (
        select state, count(*) as calls from calls where state <> 'COMPLETED' group by state) live) as live,
      (select jsonb_object_agg(status, sessions) from (
        select status, count(*) as sessions from sessions where status <> 'STOPPED' group by status) by_status) as sessions
    from (
      select count(*)::integer as pending, min(received_at) as oldest
      from provider_events where state = 'PENDING'
    ) inbox, (
      select
        count(*) filter (where crm_state = 'PENDING')::integer as crm_pending,
        count(*) filter (where crm_state = 'FAILED')::integer as crm_failed,
        count(*) filter (where crm_state = 'FAILED' and crm_due_at is null)::integer as crm_given_up
      from calls where crm_state in ('PENDING', 'FAILED')
    ) crm`.execute(db);
  const row = rows[0];
  return {
    inbox: {
      pending: row?.pending ?? 0,
      dead: row?.dead ?? 0,
      lagSeconds: row?.oldest ? Math.max(0, (now.getTime() - row.oldest.getTime()) / 1000) : 0,
    },
    liveCalls: { QUEUED: 0, DIALING: 0, RINGING: 0, IN_PROGRESS: 0, ...row?.live },
    crmBacklog: {
      pending: row?.crm_pending ?? 0,
      failed: row?.crm_failed ?? 0,
      givenUp: row?.crm_given_up ?? 0,
    },
    sessions: { RUNNING: 0, PAUSED: 0, ...row?.sessions },
  };
}

function matches({ state, provider }: InboxFilter) {
  const conditions = [sql<boolean>`true`];
  if (state !== undefined) conditions.push(sql`provider_events.state = ${state}`);
  if (provider !== undefined) conditions.push(sql`provider_events.provider = ${provider}`);
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

const NEWEST_FIRST: Order<Selectable<ProviderEventsTable>> = {
  name: 'provider events',
  keys: [
    {
      expression: sql.ref('provider_events.received_at'),
      type: 'timestamptz',
      descending: true,
      value: (row) => row.received_at,
    },
    {
      expression: sql.ref('provider_events.id'),
      type: 'uuid',
      descending: true,
      value: (row) => row.id,
    },
  ],
};
