import type { Socket } from 'node:net';
import { resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { CompiledQuery, Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { createEmbeddedFiles, EMBEDDED_SETTINGS } from './create-embedded-files.js';
import { lockDataDir } from './data-dir-lock.js';
import type { Database } from './database.js';
import { EmbeddedSocket } from './embedded-socket.js';
import { usePreparedStatements } from './prepared-statements.js';
import { correctFiles, makePrivate } from './private-folder.js';

/** Where the rows live: a PostgreSQL server, or a folder that this process keeps an embedded PostgreSQL in. */
export type DatabaseLocation =
  /** `poolSize`: connections at most, for dialing and for the rest, 10 each unless told. */
  | { readonly url: string; readonly poolSize?: number }
  /** `':memory:'` keeps nothing. */
  | { readonly dataDir: string };

export interface OpenDatabase {
  readonly db: Kysely<Database>;
  /**
   * The same rows for the few statements that each call needs, which find theirs by an index whatever the size of the
   * tables. On a server they have connections of their own, where statements are prepared.
   */
  readonly dialing: Kysely<Database>;
  readonly kind: 'server' | 'embedded';
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  /** Connections to the server at this moment; null with the embedded database, which has none. */
  connections(): Connections | null;
  /** Waits for what runs. Safe to call twice. */
  close(): Promise<void>;
}

export interface Connections {
  readonly inUse: number;
  readonly idle: number;
  /** Statements that wait for a connection. */
  readonly waiting: number;
}

/**
 * Opens the database; `migrate` is the caller's next step. A folder in use by another process is refused with
 * `DataDirInUse`. The embedded database survives the death of the process but not that of the machine: it runs without
 * fsync.
 */
export async function openDatabase(location: DatabaseLocation): Promise<OpenDatabase> {
  return 'url' in location
    ? openServer(location.url, location.poolSize ?? 10)
    : openEmbedded(location.dataDir);
}

function openServer(url: string, poolSize: number): OpenDatabase {
  const pools = { connectionString: url, max: poolSize, application_name: 'outdial' };
  const rest = openPool(pools, SETTINGS);
  const dialing = openPool(pools, `${SETTINGS}; ${NEVER_WHOLE_TABLES}`, usePreparedStatements);

  const connections = (): Connections => ({
    inUse: busy(rest.pool) + busy(dialing.pool),
    idle: rest.pool.idleCount + dialing.pool.idleCount,
    waiting: rest.pool.waitingCount + dialing.pool.waitingCount,
  });
  return opened({ db: rest.db, dialing: dialing.db }, 'server', connections, async () => {
    await Promise.all([rest.db.destroy(), dialing.db.destroy()]);
  });
}

/** Compiling a plan costs more than all of our statements take; a wrong estimate would set it off. */
const SETTINGS = "set time zone 'UTC'; set jit = off";

/**
 * For statements that are prepared, as planning a decision's took as long as running it (0.7 ms of 1.4): a plan that is kept
 * must not be one that reads a small table whole, since tables grow before the next ANALYZE.
 */
const NEVER_WHOLE_TABLES = 'set enable_seqscan = off';

const busy = (pool: pg.Pool): number => pool.totalCount - pool.idleCount;

function openPool(
  options: pg.PoolConfig,
  settings: string,
  prepare: (client: pg.PoolClient) => void = () => undefined,
): { readonly pool: pg.Pool; readonly db: Kysely<Database> } {
  const pool = new pg.Pool({ ...options, types: { getTypeParser } });
  // An idle connection that breaks (the server restarts) is replaced by the pool; unheard, the event would end the process.
  pool.on('error', () => undefined);
  // A connection that breaks while it is in use fails the caller's next statement; the pool listens to idle ones
  // only, so here too the event would end the process: between two statements of a transaction, whenever the server restarts.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    prepare(client);
  });
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({
      pool,
      onCreateConnection: async (connection) => {
        await connection.executeQuery(CompiledQuery.raw(settings));
      },
    }),
  });
  return { pool, db };
}

async function openEmbedded(dataDir: string): Promise<OpenDatabase> {
  const postgresqlconf = [...EMBEDDED_SETTINGS];
  if (dataDir === ':memory:') {
    return embedded(await PGlite.create({ postgresqlconf }), async () => undefined);
  }
  const folder = resolve(dataDir);
  await makePrivate(folder);
  const unlock = await lockDataDir(folder);
  try {
    // A folder of its own, so that the lock and whatever else lives in the data directory is not PostgreSQL's business.
    const files = resolve(folder, 'pglite');
    await createEmbeddedFiles(files);
    const pglite = await PGlite.create({ dataDir: files, postgresqlconf });
    await correctFiles(folder);
    return embedded(pglite, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

/**
 * PGlite has one session, so the holder of its one connection (a statement, or a transaction from begin to commit) holds the
 * database, and everybody else waits in line. Hence one pool for all, with what dialing needs.
 */
function embedded(pglite: PGlite, unlock: () => Promise<void>): OpenDatabase {
  const one = {
    max: 1,
    idleTimeoutMillis: 0,
    user: 'postgres',
    database: 'postgres',
    stream: () => new EmbeddedSocket(pglite) as unknown as Socket,
  };
  // A new connection finds the session of the last one, with its prepared statements and perhaps half a transaction.
  const settings = `rollback; deallocate all; ${SETTINGS}; ${NEVER_WHOLE_TABLES}`;
  const { db } = openPool(one, settings, usePreparedStatements);
  return opened(
    { db, dialing: db },
    'embedded',
    () => null,
    async () => {
      try {
        // Takes its turn, so that a transaction under way comes to its end.
        await db.connection().execute(async () => undefined);
        await db.destroy();
        await pglite.close();
      } finally {
        await unlock();
      }
    },
  );
}

function opened(
  { db, dialing }: Pick<OpenDatabase, 'db' | 'dialing'>,
  kind: OpenDatabase['kind'],
  connections: OpenDatabase['connections'],
  shut: () => Promise<void>,
): OpenDatabase {
  let closing: Promise<void> | undefined;
  return {
    db,
    dialing,
    kind,
    ping: async () => {
      await sql`select 1`.execute(db);
    },
    connections,
    close: () => {
      closing ??= shut();
      return closing;
    },
  };
}

/**
 * Counts and sums come as bigint or numeric and are far below 2^53 here; a `date` is a day, not an instant. Times become `Date`
 * and jsonb its value by themselves.
 */
const { INT8, NUMERIC, DATE } = pg.types.builtins;
const PARSERS: Record<number, (text: string) => unknown> = {
  [INT8]: Number,
  [NUMERIC]: Number,
  [DATE]: (text) => text,
};

const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  PARSERS[oid] ?? pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser;
