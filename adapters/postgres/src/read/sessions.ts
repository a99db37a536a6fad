import type { Session, SessionStatus } from '@outdial/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database, SessionsTable } from '../database.js';
import { sessionFromRow } from '../map-rows.js';
import { nextCallable } from './callable.js';
import { type CallView, selectCallViews, toCallView } from './calls.js';
import { countRows, type Order, type Page, type PageRequest, readPage } from './page.js';

/** A session as lists and live events show it. */
export interface SessionHeader extends Session {
  readonly agentName: string;
  readonly queueName: string;
  /** Started from a selection of leads rather than a stored queue. */
  readonly adHoc: boolean;
  /** Its live calls, the oldest first. */
  readonly activeCallIds: readonly string[];
}

/** A session as its own page shows it. */
export interface SessionView extends SessionHeader {
  /** The leads it works through, in order: of a selection all of them, of a stored queue the next 100 callable. */
  readonly leadQueue: readonly string[];
  /** Newest first; every live one is among them. */
  readonly calls: readonly CallView[];
}

export interface SessionFilter {
  readonly status?: SessionStatus | readonly SessionStatus[] | undefined;
  readonly agentId?: string | undefined;
  readonly queueId?: string | undefined;
}

export interface SessionViews {
  header(sessionId: string): Promise<SessionHeader | null>;
  /** `callLimit`: how many calls at most, 200 unless told; live ones come on top if they are older. */
  view(sessionId: string, now: Date, callLimit?: number): Promise<SessionView | null>;
  /** The agent's session that is not STOPPED, else their last one. */
  latestOfAgent(agentId: string): Promise<string | null>;
  /** Newest first. */
  list(filter: SessionFilter, page: PageRequest): Promise<Page<SessionHeader>>;
}

const NEXT_LEADS = 100;

/** Sessions, for screens. */
export function createSessionViews(db: Kysely<Database>): SessionViews {
  const header = async (sessionId: string): Promise<SessionHeader | null> => {
    const row = await withNames(db).where('sessions.id', '=', sessionId).executeTakeFirst();
    if (!row) return null;
    const live = await liveCallsOf(db, [sessionId]);
    return toHeader(row, live.get(sessionId) ?? []);
  };

  return {
    header,

    async view(sessionId, now, callLimit = 200) {
      const session = await header(sessionId);
      if (!session) return null;
      const ofSession = selectCallViews(db).where('calls.session_id', '=', sessionId);
      const newest = await ofSession.orderBy('calls.id', 'desc').limit(callLimit).execute();
      const oldest = newest.at(-1);
      const olderLive =
        oldest !== undefined && newest.length === callLimit
          ? await ofSession
              .where('calls.state', '<>', 'COMPLETED')
              .where('calls.id', '<', oldest.id)
              .orderBy('calls.id', 'desc')
              .execute()
          : [];
      const calls = [...newest, ...olderLive].map(toCallView);
      return {
        ...session,
        // From the calls that are shown, which were read a moment later: a screen must not contradict itself.
        activeCallIds: calls
          .filter((call) => call.state !== 'COMPLETED')
          .map((call) => call.id)
          .reverse(),
        leadQueue: await leadQueueOf(db, session, now),
        calls,
      };
    },

    async latestOfAgent(agentId) {
      const row = await db
        .selectFrom('sessions')
        .select('id')
        .where('agent_id', '=', agentId)
        .orderBy(sql`status <> 'STOPPED'`, 'desc')
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.id ?? null;
    },

    async list(filter, page) {
      const matching = matches(filter);
      const { rows, total, nextCursor } = await readPage({
        order: NEWEST_FIRST,
        page,
        rows: (cut) =>
          withNames(db)
            .where(matching)
            .where(cut.after)
            .orderBy(cut.orderBy)
            .limit(cut.limit)
            .execute(),
        total: () => countRows(db.selectFrom('sessions').where(matching)),
        map: (row) => row,
      });
      const live = await liveCallsOf(
        db,
        rows.map((row) => row.id),
      );
      return { rows: rows.map((row) => toHeader(row, live.get(row.id) ?? [])), total, nextCursor };
    },
  };
}

function matches({ status, agentId, queueId }: SessionFilter) {
  const conditions = [sql<boolean>`true`];
  if (status !== undefined) {
    const any = typeof status === 'string' ? [status] : [...status];
    conditions.push(sql`sessions.status = any(${any}::text[])`);
  }
  if (agentId !== undefined) conditions.push(sql`sessions.agent_id = ${agentId}`);
  if (queueId !== undefined) conditions.push(sql`sessions.queue_id = ${queueId}`);
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

async function leadQueueOf(
  db: Kysely<Database>,
  session: SessionHeader,
  now: Date,
): Promise<readonly string[]> {
  if (!session.adHoc) {
    const next = await nextCallable(db, { queueId: session.queueId, now, limit: NEXT_LEADS });
    return next.map((item) => item.leadId);
  }
  const rows = await db
    .selectFrom('queue_items')
    .select('lead_id')
    .where('queue_id', '=', session.queueId)
    .orderBy('position')
    .orderBy('id')
    .execute();
  return rows.map((row) => row.lead_id);
}

async function liveCallsOf(
  db: Kysely<Database>,
  sessionIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (sessionIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('calls')
    .select(['id', 'session_id'])
    .where(sql<boolean>`session_id = any(${[...sessionIds]}::uuid[]) and state <> 'COMPLETED'`)
    .orderBy('id')
    .execute();
  const bySession = new Map<string, string[]>();
  for (const row of rows) {
    const ids = bySession.get(row.session_id) ?? [];
    ids.push(row.id);
    bySession.set(row.session_id, ids);
  }
  return bySession;
}

interface SessionRow extends Selectable<SessionsTable> {
  readonly agent_name: string;
  readonly queue_name: string;
  readonly ad_hoc: boolean;
}

const withNames = (db: Kysely<Database>) =>
  db
    .selectFrom('sessions')
    .innerJoin('agents', 'agents.id', 'sessions.agent_id')
    .innerJoin('queues', 'queues.id', 'sessions.queue_id')
    .selectAll('sessions')
    .select(['agents.name as agent_name', 'queues.name as queue_name', 'queues.ad_hoc']);

const toHeader = (row: SessionRow, activeCallIds: readonly string[]): SessionHeader => ({
  ...sessionFromRow(row),
  agentName: row.agent_name,
  queueName: row.queue_name,
  adHoc: row.ad_hoc,
  activeCallIds,
});

const NEWEST_FIRST: Order<SessionRow> = {
  name: 'sessions',
  keys: [
    {
      expression: sql.ref('sessions.started_at'),
      type: 'timestamptz',
      descending: true,
      value: (row) => row.started_at,
    },
    { expression: sql.ref('sessions.id'), type: 'uuid', descending: true, value: (row) => row.id },
  ],
};
