import { type Kysely, type Selectable, sql } from 'kysely';
import type { ConnectionsTable, Database } from '../engine/database.js';
import { inTransaction } from '../engine/in-transaction.js';
import { toJson } from '../engine/to-json.js';

/** A connected phone system or CRM. Its credentials are secrets, named `connections.<id>.<field>`. */
export interface Connection {
  /** What sessions, calls and events name as their provider. Never given again after a removal. */
  readonly id: string;
  /** Of the manifest. */
  readonly integration: string;
  readonly label: string;
  /** Of the integration, as its manifest describes them. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  /** Grows with each change of label, settings or `enabled`. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly removedAt: Date | null;
  /** null: it was never checked. */
  readonly checked: {
    readonly at: Date;
    /** A sentence for users; null: nothing was wrong. */
    readonly problem: string | null;
    readonly problemSince: Date | null;
  } | null;
}

export type PatchConnectionAnswer =
  | { readonly kind: 'changed'; readonly connection: Connection }
  | { readonly kind: 'conflict'; readonly version: number }
  | { readonly kind: 'not_found' };

export type RemoveConnectionAnswer =
  | { readonly kind: 'removed' }
  /** A session that is not STOPPED, or a live call, goes through it. */
  | { readonly kind: 'in_use'; readonly sessionId: string }
  | { readonly kind: 'not_found' };

export interface ConnectionStore {
  /** The oldest first; removed ones too, as the history names them. */
  list(): Promise<readonly Connection[]>;
  get(id: string): Promise<Connection | null>;
  /** Adds the connections of the environment, and puts back one that was removed or disabled. Safe on many nodes at once. */
  ensure(
    connections: readonly (Pick<Connection, 'id' | 'integration' | 'label'> & {
      /** No phone rings: its calls are counted apart. */
      readonly practice: boolean;
    })[],
    now: Date,
  ): Promise<void>;
  /** The id is the integration's own, with a number from the second on: `asterisk`, `asterisk-2`. */
  create(
    connection: Pick<Connection, 'integration' | 'label' | 'settings' | 'enabled'>,
    now: Date,
  ): Promise<Connection>;
  /** `expectedVersion`: the one that the change is based on. A removed connection is not found. */
  patch(
    id: string,
    patch: Partial<Pick<Connection, 'label' | 'settings' | 'enabled'>>,
    expectedVersion: number,
    now: Date,
  ): Promise<PatchConnectionAnswer>;
  /**
   * Takes it off the list and deletes its secrets. Queues and agents that chose it keep its id, so that their sessions are refused and
   * do not silently go another way. A session that starts at the same moment pauses before its first call (`closedBecause`).
   */
  remove(id: string, now: Date): Promise<RemoveConnectionAnswer>;
  /** Ids of the RUNNING sessions whose calls go through it. */
  runningSessions(id: string): Promise<readonly string[]>;
  /** How many calls that were placed through these connections are not over. */
  countLiveCalls(ids: readonly string[]): Promise<number>;
  /** Notes the result of a check; `problem` null: nothing was wrong. */
  noteCheck(id: string, problem: string | null, now: Date): Promise<void>;
}

/** The prefix of the names of a connection's secrets. */
export const secretsOf = (connectionId: string): string => `connections.${connectionId}.`;

export function createConnectionStore(db: Kysely<Database>): ConnectionStore {
  const get = async (id: string): Promise<Connection | null> => {
    const row = await db
      .selectFrom('connections')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row ? toConnection(row) : null;
  };
  return {
    async list() {
      const rows = await db
        .selectFrom('connections')
        .selectAll()
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(toConnection);
    },

    get,

    async ensure(connections, now) {
      if (connections.length === 0) return;
      await db
        .insertInto('connections')
        .values(
          connections.map(({ id, integration, label, practice }) => ({
            id,
            practice,
            integration,
            label,
            created_at: now,
            updated_at: now,
          })),
        )
        .onConflict((conflict) =>
          conflict
            .column('id')
            .doUpdateSet({
              removed_at: null,
              enabled: true,
              version: sql<number>`connections.version + 1`,
            })
            .where(sql<boolean>`connections.removed_at is not null or not connections.enabled`),
        )
        .execute();
    },

    async create({ integration, label, settings, enabled }, now) {
      for (;;) {
        const { rows } = await sql<Selectable<ConnectionsTable>>`
          insert into connections (id, integration, label, settings, enabled, created_at, updated_at)
          select case when n = 0 then ${integration}::text else ${integration}::text || '-' || (n + 1) end,
            ${integration}, ${label}, ${toJson(settings)}::jsonb, ${enabled}, ${now}::timestamptz, ${now}::timestamptz
          from (select count(*) as n from connections where integration = ${integration}) taken
          on conflict do nothing returning *`.execute(db);
        // Of two that are added at once, one counts again.
        if (rows[0] !== undefined) return toConnection(rows[0]);
      }
    },

    async patch(id, { label, settings, enabled }, expectedVersion, now) {
      const row = await db
        .updateTable('connections')
        .set({
          version: sql<number>`version + 1`,
          updated_at: now,
          ...(label !== undefined && { label }),
          ...(settings !== undefined && { settings: toJson(settings) }),
          ...(enabled !== undefined && { enabled }),
        })
        .where('id', '=', id)
        .where('version', '=', expectedVersion)
        .where('removed_at', 'is', null)
        .returningAll()
        .executeTakeFirst();
      if (row) return { kind: 'changed', connection: toConnection(row) };
      const found = await get(id);
      return found === null || found.removedAt !== null
        ? { kind: 'not_found' }
        : { kind: 'conflict', version: found.version };
    },

    remove: (id, now) =>
      inTransaction(db, async (tx) => {
        const found = await tx
          .selectFrom('connections')
          .select('id')
          .where('id', '=', id)
          .where('removed_at', 'is', null)
          .forUpdate()
          .executeTakeFirst();
        if (!found) return { kind: 'not_found' };
        const { rows } = await sql<{ session_id: string }>`
          select id as session_id from sessions where status <> 'STOPPED' and provider = ${id}
          union all
          select session_id from calls where state <> 'COMPLETED' and provider = ${id}
          limit 1`.execute(tx);
        if (rows[0]) return { kind: 'in_use', sessionId: rows[0].session_id };
        await tx
          .updateTable('connections')
          .set({ removed_at: now, enabled: false, version: sql<number>`version + 1` })
          .where('id', '=', id)
          .execute();
        await sql`delete from secrets where starts_with(name, ${secretsOf(id)})`.execute(tx);
        return { kind: 'removed' };
      }),

    async runningSessions(id) {
      const rows = await db
        .selectFrom('sessions')
        .select('id')
        .where('status', '=', 'RUNNING')
        .where('provider', '=', id)
        .orderBy('id')
        .execute();
      return rows.map((row) => row.id);
    },

    async countLiveCalls(ids) {
      const { rows } = await sql<{ calls: number }>`
        select count(*)::integer as calls from calls
        where state not in ('QUEUED', 'COMPLETED') and provider = any(${[...ids]}::text[])`.execute(
        db,
      );
      return rows[0]?.calls ?? 0;
    },

    async noteCheck(id, problem, now) {
      await sql`
        update connections set checked_at = ${now}, check_problem = ${problem}::text,
          problem_since = case when ${problem}::text is null then null else coalesce(problem_since, ${now}) end
        where id = ${id}`.execute(db);
    },
  };
}

const toConnection = (row: Selectable<ConnectionsTable>): Connection => ({
  id: row.id,
  integration: row.integration,
  label: row.label,
  settings: row.settings,
  enabled: row.enabled,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  removedAt: row.removed_at,
  checked:
    row.checked_at === null
      ? null
      : { at: row.checked_at, problem: row.check_problem, problemSince: row.problem_since },
});
