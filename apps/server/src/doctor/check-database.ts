import { access, constants, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { about, type Finding, wordsOf } from '@outdial/kit';
import {
  findExposedFiles,
  inspectServer,
  type MigrationState,
  type OpenDatabase,
  openDatabase,
  ownerOfDataDir,
  readDatabaseTime,
  readMigrationState,
} from '@outdial/postgres';
import type { Config } from '../config/read-config.js';

const OLDEST = 14;
/** What a node takes at most: its pools, and its place. */
const CONNECTIONS_OF_A_NODE = 21;
/** Logs, tokens and TLS begin to suffer; the dialer itself goes by the database's time. */
const WRONG_CLOCK_MS = 2_000;
const GIGABYTE = 1024 ** 3;

export async function checkDatabase(
  config: Pick<Config, 'database' | 'redis'>,
): Promise<readonly Finding[]> {
  return config.database.kind === 'server'
    ? checkServer(config.database.url, config.redis !== null)
    : checkEmbedded(config.database.dataDir);
}

async function checkServer(url: string, hasRedis: boolean): Promise<Finding[]> {
  const { ok, problem } = about('database');
  const { host, pathname } = new URL(url);
  const database = await openDatabase({ url, poolSize: 1 });
  try {
    const { version, name, connections, nodes } = await inspectServer(database.db);
    const major = Math.floor(version / 10_000);
    const shown = `PostgreSQL ${major} at ${host}, database ${name}`;
    return [
      major < OLDEST
        ? problem(shown, `Outdial needs PostgreSQL ${OLDEST} or later: upgrade the server.`)
        : ok(shown),
      ...migrationFindings(await readMigrationState(database.db)),
      connectionFinding(connections),
      nodeFinding(nodes, hasRedis),
      await clockFinding(database),
    ];
  } catch (error) {
    return [
      problem(
        `${host}${pathname}: ${wordsOf(error)}`,
        'Start the PostgreSQL server, or correct DATABASE_URL: address, user, password, name of the database.',
      ),
    ];
  } finally {
    await database.close();
  }
}

function migrationFindings({ missing, unknown, edited }: MigrationState): Finding[] {
  const { ok, warning, problem } = about('migrations');
  const findings: Finding[] = [];
  if (edited.length > 0) {
    findings.push(
      problem(
        `changed after they had been applied: ${edited.join(', ')}`,
        'Restore the files as they were released; the server does not start otherwise.',
      ),
    );
  }
  if (unknown.length > 0) {
    findings.push(
      warning(
        `applied by a newer release: ${unknown.join(', ')}`,
        'Run that release, or go on with this one only while you roll back (docs/operating.md, Upgrading).',
      ),
    );
  }
  if (missing.length > 0) {
    findings.push(
      warning(
        `${missing.length} to come: ${missing.join(', ')}`,
        'The next start applies them. Back up before (docs/operating.md).',
      ),
    );
  }
  return findings.length > 0 ? findings : [ok('up to date')];
}

function connectionFinding({ used, most }: { used: number; most: number }): Finding {
  const { ok, warning, problem } = about('connections');
  const free = most - used;
  const says = `${free} of ${most} are free`;
  const fix = `Each node takes up to ${CONNECTIONS_OF_A_NODE}: raise max_connections, or stop other programs that use this server.`;
  if (free < CONNECTIONS_OF_A_NODE) return problem(says, fix);
  return free < 2 * CONNECTIONS_OF_A_NODE ? warning(says, fix) : ok(says);
}

function nodeFinding(
  nodes: { readonly alone: number; readonly withOthers: number },
  hasRedis: boolean,
): Finding {
  const { ok, problem } = about('nodes');
  if (nodes.alone > 0) {
    const says = 'one node holds this database for itself';
    return hasRedis
      ? problem(says, 'It runs without REDIS_URL. Start it again with the REDIS_URL of the others.')
      : ok(`${says}: a second one without REDIS_URL would be refused`);
  }
  if (nodes.withOthers > 0) {
    const says = `${nodes.withOthers} work together on this database`;
    return hasRedis
      ? ok(says)
      : problem(says, 'Set REDIS_URL to the Redis that they use, or this node will be refused.');
  }
  return ok('none is running on this database');
}

async function clockFinding({ db }: OpenDatabase): Promise<Finding> {
  const { ok, warning } = about('clock');
  await readDatabaseTime(db);
  const askedAt = Date.now();
  const told = (await readDatabaseTime(db)).getTime();
  const answeredAt = Date.now();
  const off = Math.round((askedAt + answeredAt) / 2 - told);
  const says = `${Math.abs(off)} ms ${off < 0 ? 'behind' : 'ahead of'} the database's`;
  return Math.abs(off) > WRONG_CLOCK_MS
    ? warning(says, 'Set it by NTP. Nodes go by the database, but logs and TLS go by this clock.')
    : ok(says);
}

async function checkEmbedded(dataDir: string): Promise<Finding[]> {
  const { ok, warning, problem } = about('database');
  const folder = resolve(dataDir);
  const existing = await nearestExisting(folder);
  const findings = [
    await writable(folder, existing),
    ...(await closedToOthers(folder)),
    await space(existing),
  ];
  try {
    const owner = await ownerOfDataDir(folder);
    if (owner !== null) {
      return [
        ...findings,
        ok(
          `embedded, in use by process ${owner.pid} on ${owner.host}; no other program can open it meanwhile`,
        ),
      ];
    }
    if (!(await exists(join(folder, 'pglite')))) {
      return [...findings, ok('embedded; the first start makes it')];
    }
    const database = await openDatabase({ dataDir: folder });
    try {
      return [
        ...findings,
        warning(
          'embedded: survives the end of the program, not a power cut',
          'For work that matters set DATABASE_URL to a PostgreSQL server.',
        ),
        ...migrationFindings(await readMigrationState(database.db)),
      ];
    } finally {
      await database.close();
    }
  } catch (error) {
    return [
      ...findings,
      problem(
        `${folder}: ${wordsOf(error)}`,
        'Restore it from a backup (docs/operating.md), or move it away to begin anew.',
      ),
    ];
  }
}

async function writable(folder: string, existing: string): Promise<Finding> {
  const { ok, problem } = about('data directory');
  try {
    await access(existing, constants.W_OK | constants.X_OK);
    return ok(existing === folder ? `${folder}, writable` : `${folder} will be made`);
  } catch {
    return problem(
      `${folder} may not be written to`,
      'Give it to the user that runs the server (chown), or set DATA_DIR to another folder.',
    );
  }
}

async function closedToOthers(folder: string): Promise<Finding[]> {
  const { problem } = about('data directory');
  const open = await findExposedFiles(folder);
  if (open.length === 0) return [];
  return [
    problem(
      `other users of this machine may open ${open.join(', ')}`,
      `The next start corrects it where the files are the server's own; else: chown -R to its user, and chmod -R go-rwx ${folder}. What stood there may have been read or changed.`,
    ),
  ];
}

async function space(existing: string): Promise<Finding> {
  const { ok, warning, problem } = about('disk');
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  const says = `${(free / GIGABYTE).toFixed(1)} GB are free`;
  const fix = 'Make room, or set DATA_DIR to a larger disk: a database that cannot write stops.';
  if (free < GIGABYTE / 5) return problem(says, fix);
  return free < GIGABYTE ? warning(says, fix) : ok(says);
}

async function nearestExisting(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    if ((await exists(path)) || path === dirname(path)) return path;
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
