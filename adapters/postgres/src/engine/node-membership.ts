import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import type { Database } from './database.js';

/** Another node is on this database, and the two do not know of each other. */
export class DatabaseTaken extends Error {
  readonly code = 'DATABASE_TAKEN';

  constructor(wanted: LockMode) {
    super(
      wanted === 'exclusive'
        ? 'Another Outdial node works on this database, and without REDIS_URL a node must be the only one. Stop the other one, ' +
            'point DATABASE_URL at another database, or set REDIS_URL to the same Redis for all nodes.'
        : 'A node without REDIS_URL holds this database for itself. Stop it, and start it again with the REDIS_URL of the others.',
    );
    this.name = 'DatabaseTaken';
  }
}

/** `exclusive`: this node is the only one. `shared`: several nodes, which share one Redis. */
export type LockMode = 'exclusive' | 'shared';

export interface NodeMembership {
  /** No other working node was a member when this node joined. Of nodes that join at the same time, it is true for one. */
  readonly first: boolean;
  /** Ends the membership; safe twice. */
  leave(): Promise<void>;
}

/** Any number will do, as long as it is always the same one, and not that of `migrate`. */
export const MEMBERSHIP_LOCK = 0x0d1a2;
/**
 * `first`: a process that was killed a moment ago still holds its place until the server has noticed. `afterLoss`: our own
 * last connection may outlive a cut network for 25 s, by the keep-alive settings below.
 */
const PATIENCE_MS = { first: 5_000, afterLoss: 60_000 };
/** Held while a node joins and counts the others: two that joined at the same time would each take the other for the older. */
const JOIN_LOCK = 0x0d1a3;
/** Nodes that only serve people are called otherwise: they are there, and leave the work to others. */
const NAMES = { working: 'outdial node', serving: 'outdial api node' };
const LOCK_RETRY_INTERVAL_MS = 100;
const RECONNECT_INTERVAL_MS = 1_000;
/** A cut network says nothing: so it is asked, more often than the server gives up on a silent node. */
const CONNECTION_CHECK_INTERVAL_MS = 10_000;
const ANSWER_WITHIN_MS = 5_000;

/**
 * Takes this node's place at a PostgreSQL server: an advisory lock, exclusive for a node that is alone and shared among those
 * that are not, held by a connection of its own. The server frees it when the process dies, at once; when the machine
 * dies, after about 25 s of silence. When the connection breaks (the server restarts) it is taken again; when
 * another node has it then, `lost` is called, and this node must end. Throws `DatabaseTaken`.
 *
 * The lock belongs to a connection, so a pooler between must not hand connections around by statement or transaction.
 */
export async function joinDatabase(
  url: string,
  lockMode: LockMode,
  lost: (error: DatabaseTaken) => void,
  { works = true, patienceMs = PATIENCE_MS } = {},
): Promise<NodeMembership> {
  let left = false;
  let { client, first } = await take(patienceMs.first);

  async function take(forMs: number): Promise<{ client: pg.Client; first: boolean }> {
    const until = performance.now() + forMs;
    for (;;) {
      const candidate = new pg.Client({
        connectionString: url,
        application_name: works ? NAMES.working : NAMES.serving,
        keepAlive: true,
        connectionTimeoutMillis: ANSWER_WITHIN_MS,
        query_timeout: ANSWER_WITHIN_MS,
      });
      // Also between two statements, when no caller awaits the client.
      candidate.on('error', () => undefined);
      try {
        await candidate.connect();
        await candidate.query(
          'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3',
        );
        await candidate.query(`select pg_advisory_lock(${JOIN_LOCK}::bigint)`);
        const { rows } = await candidate.query<{ taken: boolean }>(
          `select pg_try_advisory_lock${lockMode === 'exclusive' ? '' : '_shared'}(${MEMBERSHIP_LOCK}::bigint) as taken`,
        );
        if (rows[0]?.taken) {
          const isFirst = await nobodyElseWorks(candidate);
          await candidate.query(`select pg_advisory_unlock(${JOIN_LOCK}::bigint)`);
          candidate.once('end', () => void takeAgain());
          return { client: candidate, first: isFirst };
        }
        await candidate.end();
      } catch (error) {
        await candidate.end().catch(() => undefined);
        throw error;
      }
      if (performance.now() >= until) throw new DatabaseTaken(lockMode);
      await sleep(LOCK_RETRY_INTERVAL_MS);
    }
  }

  /** A connection that does not answer is as good as broken, and its end is the way to `takeAgain`. */
  const asking = setInterval(() => {
    const asked = client;
    asked.query('select 1').catch(() => {
      if (!left) asked.connection.stream.destroy();
    });
  }, CONNECTION_CHECK_INTERVAL_MS);
  asking.unref();

  async function takeAgain(): Promise<void> {
    while (!left) {
      try {
        ({ client } = await take(patienceMs.afterLoss));
        if (left) await client.end();
        return;
      } catch (error) {
        if (error instanceof DatabaseTaken) {
          lost(error);
          return;
        }
        // The database is down, and so is everything that needs this place.
        await sleep(RECONNECT_INTERVAL_MS, undefined, { ref: false });
      }
    }
  }

  return {
    first,
    async leave() {
      if (left) return;
      left = true;
      clearInterval(asking);
      await client.end();
    },
  };
}

async function nobodyElseWorks(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ others: boolean }>(
    `select exists (
       select from pg_locks l join pg_database d on d.oid = l.database left join pg_stat_activity a on a.pid = l.pid
       where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = ${MEMBERSHIP_LOCK}
         and l.pid <> pg_backend_pid() and d.datname = current_database()
         and a.application_name is distinct from '${NAMES.serving}'
     ) as others`,
  );
  return rows[0]?.others === false;
}

/** How many nodes that do the work have a place at this database at the moment. */
export async function countWorkingNodes(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ nodes: number }>`
    select count(*)::int as nodes
    from pg_locks l join pg_database d on d.oid = l.database left join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = ${sql.lit(MEMBERSHIP_LOCK)}
      and d.datname = current_database() and a.application_name is distinct from ${NAMES.serving}
  `.execute(db);
  return rows[0]?.nodes ?? 0;
}

/** How many nodes have a place at this database at the moment; 1 at least. */
export async function countNodes(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ nodes: number }>`
    select count(*)::int as nodes from pg_locks l join pg_database d on d.oid = l.database
    where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = ${sql.lit(MEMBERSHIP_LOCK)}
      and d.datname = current_database()
  `.execute(db);
  return Math.max(1, rows[0]?.nodes ?? 1);
}

/**
 * What tells the nodes on this database from those on others, where several installations share a Redis. A clone or a restored
 * backup has the same row in `installation`, and still is another database.
 */
export async function readInstallation(db: Kysely<Database>): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select i.id || '.' || d.oid as name from installation i, pg_database d where d.datname = current_database()
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('The table installation is empty; restore its one row.');
  return row.name;
}

/** The database's time at this moment, not at the beginning of a transaction. */
export async function readDatabaseTime(db: Kysely<Database>): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('The database did not tell its time.');
  return row.now;
}
