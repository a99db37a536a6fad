import {
  type Agent,
  type AgentPresence,
  type AgentStatus,
  agentStatus,
  type Clock,
  SCREEN_GRACE_MS,
} from '@outdial/core';
import { type Kysely, type QueryCreator, type Selectable, sql } from 'kysely';
import { agentFromRow } from '../dialing/map-rows.js';
import { lastLiveScreen } from '../dialing/presence-store.js';
import type { AgentsTable, Database, SessionsTable } from '../engine/database.js';
import { countRows, type Order, type Page, type PageRequest, readPage } from '../engine/page.js';
import { toJson } from '../engine/to-json.js';
import { violatesUnique } from '../engine/unique-violation.js';

/** An agent as a supervisor sees them: what they say of themselves, and what their session says. */
export interface AgentView extends Agent {
  readonly status: AgentStatus;
  readonly since: Date;
  /** The session that is not STOPPED. */
  readonly sessionId: string | null;
  /** Where their sessions go when the queue does not say. */
  readonly connectionId: string | null;
  readonly createdAt: Date;
}

export interface AgentPatch {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  /** Replaces all of them. */
  readonly identities?: Agent['identities'] | undefined;
  /** Where their sessions go when the queue does not say; null: the only real connection. */
  readonly connectionId?: string | null | undefined;
}

export type CreateAgentAnswer =
  | { readonly kind: 'created'; readonly agent: AgentView }
  | { readonly kind: 'email_taken'; readonly agentId: string };

export type PatchAgentAnswer =
  | { readonly kind: 'changed'; readonly agent: AgentView }
  | { readonly kind: 'email_taken' }
  | { readonly kind: 'not_found' };

export interface AgentStore {
  /** A new agent is OFFLINE. E-mail addresses are compared in any case. */
  create(
    agent: AgentPatch & { readonly id: string; readonly name: string; readonly email: string },
    now: Date,
  ): Promise<CreateAgentAnswer>;
  get(agentId: string): Promise<AgentView | null>;
  findByEmail(email: string): Promise<AgentView | null>;
  /** The oldest first. */
  list(page: PageRequest): Promise<Page<AgentView>>;
  patch(agentId: string, patch: AgentPatch): Promise<PatchAgentAnswer>;
  /** Saying the same again does not restart the clock. */
  setPresence(agentId: string, presence: AgentPresence, now: Date): Promise<AgentView | null>;
}

/** The people who take calls. `clock`: the one by which screens are live (ADR 0015). */
export function createAgentStore(
  db: Kysely<Database>,
  clock: Clock = { now: () => new Date() },
): AgentStore {
  const get = async (agentId: string): Promise<AgentView | null> => {
    const now = clock.now();
    const row = await withSession(db, now).where('agents.id', '=', agentId).executeTakeFirst();
    return row ? toAgentView(row, now) : null;
  };
  const findByEmail = async (email: string): Promise<AgentView | null> => {
    const now = clock.now();
    const row = await withSession(db, now)
      .where(sql<boolean>`lower(agents.email) = lower(${email})`)
      .executeTakeFirst();
    return row ? toAgentView(row, now) : null;
  };

  return {
    async create(agent, now) {
      const row = await db
        .insertInto('agents')
        .values({
          id: agent.id,
          name: agent.name,
          email: agent.email,
          presence_since: now,
          ...identitiesAndConnection(agent),
          created_at: now,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
      const found = row ? await get(row.id) : await findByEmail(agent.email);
      if (!found) throw new Error(`There is an agent ${agent.id} already.`);
      return row ? { kind: 'created', agent: found } : { kind: 'email_taken', agentId: found.id };
    },

    get,
    findByEmail,

    list(page) {
      const now = clock.now();
      return readPage({
        db,
        order: OLDEST_FIRST,
        page,
        rows: (on, cut) =>
          withSession(on, now).where(cut.after).orderBy(cut.orderBy).limit(cut.limit).execute(),
        total: (on) => countRows(on.selectFrom('agents')),
        map: (row) => toAgentView(row, now),
      });
    },

    async patch(agentId, patch) {
      try {
        await db
          .with('seen', outdateScenesOf(agentId))
          .updateTable('agents')
          .set({
            // Keeps the statement valid when nothing is to change.
            name: patch.name ?? sql<string>`name`,
            email: patch.email,
            ...identitiesAndConnection(patch),
          })
          .where('id', '=', agentId)
          .execute();
      } catch (error) {
        if (violatesUnique(error, 'agents_email')) return { kind: 'email_taken' };
        throw error;
      }
      const agent = await get(agentId);
      return agent ? { kind: 'changed', agent } : { kind: 'not_found' };
    },

    async setPresence(agentId, presence, now) {
      await db
        .with('seen', outdateScenesOf(agentId))
        .updateTable('agents')
        .set({ presence, presence_since: now })
        .where('id', '=', agentId)
        .where('presence', '<>', presence)
        .execute();
      return get(agentId);
    },
  };
}

const identitiesAndConnection = ({ identities, connectionId }: AgentPatch) => ({
  ...(identities !== undefined && { identities: toJson(identities) }),
  ...(connectionId !== undefined && { connection_id: connectionId }),
});

/** The agent is part of their session's scene, which decisions are made on: see `SceneMemory`. */
const outdateScenesOf = (agentId: string) => (db: QueryCreator<Database>) =>
  db
    .updateTable('sessions')
    .set({ version: sql<number>`version + 1` })
    .where('agent_id', '=', agentId)
    .where('status', '<>', 'STOPPED');

interface AgentRow extends Selectable<AgentsTable> {
  readonly session_id: string | null;
  readonly session_status: Selectable<SessionsTable>['status'] | null;
  readonly session_phase: Selectable<SessionsTable>['phase'] | null;
  readonly session_phase_since: Date | null;
  readonly last_live: Date | null;
}

const withSession = (db: Kysely<Database>, now: Date) =>
  db
    .selectFrom('agents')
    .leftJoin('sessions', (join) =>
      join.onRef('sessions.agent_id', '=', 'agents.id').on('sessions.status', '<>', 'STOPPED'),
    )
    // What the agent is doing: talking, though the session may be stopped; else the open session; else the last one.
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('sessions as one')
          .select(['one.status', 'one.phase', 'one.phase_since'])
          .whereRef('one.agent_id', '=', 'agents.id')
          .orderBy(sql`one.phase = 'ON_CALL'`, 'desc')
          .orderBy(sql`one.status <> 'STOPPED'`, 'desc')
          .orderBy('one.phase_since', 'desc')
          .limit(1)
          .as('latest'),
      (join) => join.onTrue(),
    )
    .selectAll('agents')
    .select([
      'sessions.id as session_id',
      'latest.status as session_status',
      'latest.phase as session_phase',
      'latest.phase_since as session_phase_since',
      lastLiveScreen(sql.ref('agents.id'), now).as('last_live'),
    ]);

function toAgentView(row: AgentRow, now: Date): AgentView {
  const agent = agentFromRow(row);
  const { session_status: status, session_phase: phase, session_phase_since: phaseSince } = row;
  const session = status && phase && phaseSince ? { status, phase, phaseSince } : null;
  return {
    ...agent,
    ...agentStatus(agent, session, {
      isLive: row.last_live !== null && now.getTime() - row.last_live.getTime() < SCREEN_GRACE_MS,
      lastLive: row.last_live,
    }),
    sessionId: row.session_id,
    connectionId: row.connection_id,
    createdAt: row.created_at,
  };
}

const OLDEST_FIRST: Order<AgentRow> = {
  name: 'agents',
  keys: [
    {
      expression: sql.ref('agents.created_at'),
      type: 'timestamptz',
      value: (row) => row.created_at,
    },
    { expression: sql.ref('agents.id'), type: 'uuid', value: (row) => row.id },
  ],
};
