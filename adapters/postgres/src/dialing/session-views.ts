import type { Session, SessionStatus } from '@outdial/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database, SessionsTable } from '../engine/database.js';
import { countRows, type Order, type Page, type PageRequest, readPage } from '../engine/page.js';
import { inSnapshot } from '../engine/snapshot.js';
import { nextCallable } from '../queues/callable-items.js';
import { type CallView, selectCallViews, toCallView } from './call-views.js';
import { sessionFromRow } from './map-rows.js';

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
  return {
    header: (sessionId) => readHeader(db, sessionId),

    view: (sessionId, now, callLimit = 200) =>
      inSnapshot(db, async (snapshot) => {
        const session = await readHeader(snapshot, sessionId);
        if (!session) return null;
        return {
          ...session,
          leadQueue: await leadQueueOf(snapshot, session, now),
          calls: await callsOf(snapshot, sessionId, callLimit),
        };
      }),

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

    list(filter, page) {
      const matching = matches(filter);
      return readPage({
        db,
        order: NEWEST_FIRST,
        page,
        rows: (on, cut) =>
          headers(on)
            .where(matching)
            .where(cut.after)
            .orderBy(cut.orderBy)
            .limit(cut.limit)
            .execute(),
        total: (on) => countRows(on.selectFrom('sessions').where(matching)),
        map: toHeader,
      });
    },
  };
}

async function readHeader(db: Kysely<Database>, sessionId: string): Promise<SessionHeader | null> {
  const row = await headers(db).where('sessions.id', '=', sessionId).executeTakeFirst();
  return row ? toHeader(row) : null;
}

async function callsOf(
  db: Kysely<Database>,
  sessionId: string,
  limit: number,
): Promise<readonly CallView[]> {
  const ofSession = selectCallViews(db)
    .where('calls.session_id', '=', sessionId)
    .orderBy('calls.id', 'desc');
  const newest = await ofSession.limit(limit).execute();
  const oldest = newest.at(-1);
  const olderLive =
    oldest !== undefined && newest.length === limit
      ? await ofSession
          .where('calls.state', '<>', 'COMPLETED')
          .where('calls.id', '<', oldest.id)
          .execute()
      : [];
  return [...newest, ...olderLive].map(toCallView);
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

interface SessionRow extends Selectable<SessionsTable> {
  readonly agent_name: string;
  readonly queue_name: string;
  readonly ad_hoc: boolean;
  readonly active_call_ids: readonly string[];
}

/** The live calls in the same statement, so that a session is never shown beside those of another moment. */
const headers = (db: Kysely<Database>) =>
  db
    .selectFrom('sessions')
    .innerJoin('agents', 'agents.id', 'sessions.agent_id')
    .innerJoin('queues', 'queues.id', 'sessions.queue_id')
    .selectAll('sessions')
    .select(['agents.name as agent_name', 'queues.name as queue_name', 'queues.ad_hoc'])
    .select(
      // By agent, who has few live calls, and an index on them.
      sql<readonly string[]>`array(
        select c.id::text from calls c
        where c.agent_id = sessions.agent_id and c.session_id = sessions.id and c.state <> 'COMPLETED'
        order by c.id
      )`.as('active_call_ids'),
    );

const toHeader = (row: SessionRow): SessionHeader => ({
  ...sessionFromRow(row),
  agentName: row.agent_name,
  queueName: row.queue_name,
  adHoc: row.ad_hoc,
  activeCallIds: row.active_call_ids,
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
