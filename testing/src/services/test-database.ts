import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** A database that is prepared once per run and cloned from then on, which takes milliseconds where migrating takes a second. */
export interface Template {
  /** Lower-case letters, digits and underscores; one name per way of preparing. */
  readonly name: string;
  /** Migrates (and fills) the empty database at `url`; must have closed its connections when it returns. */
  readonly prepare: (url: string) => Promise<void>;
}

export interface TestDatabase {
  readonly url: string;
  /** Drops the database. Throws when connections to it were left open, because a test that leaks must not pass. */
  drop(): Promise<void>;
}

/**
 * An empty database of one's own, or a clone of the template, on the server of this run. Call it once per test file, in
 * `beforeAll`, and `drop` it in `afterAll`.
 */
export async function createTestDatabase(template?: Template): Promise<TestDatabase> {
  const server = serverUrl();
  const name = `${runPrefix()}${randomBytes(6).toString('hex')}`;
  await asAdministrator(server, async (client) => {
    const source = template ? await preparedTemplate(client, server, template) : 'template0';
    await client.query(`create database ${name} template ${source}`);
  });
  return { url: databaseUrl(server, name), drop: () => dropDatabase(server, name) };
}

/** Runs a script of SQL statements, such as a dump made with `pg_dump --inserts`. */
export async function runSql(url: string, script: string): Promise<void> {
  await asAdministrator(url, async (client) => void (await client.query(script)));
}

/** Removes what this run created on a server that outlives it. */
export async function dropTestDatabases(): Promise<void> {
  await asAdministrator(serverUrl(), async (client) => {
    const found = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [runPrefix()],
    );
    for (const { datname } of found.rows) {
      await client.query(`drop database if exists ${datname} with (force)`);
    }
  });
}

/**
 * Test files run in processes of their own, so the first to come prepares and the others wait at an advisory lock. It is
 * prepared under another name and renamed at the end: what carries the template's name is complete.
 */
async function preparedTemplate(
  client: pg.Client,
  server: string,
  template: Template,
): Promise<string> {
  if (!/^[a-z0-9_]{1,40}$/.test(template.name)) {
    throw new Error(`"${template.name}" cannot name a template: use a-z, 0-9 and _, at most 40.`);
  }
  const ready = `${runPrefix()}template_${template.name}`;
  const draft = `${ready}_draft`;
  await client.query('select pg_advisory_lock(hashtext($1))', [ready]);
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [ready]);
    if (found.rowCount === 0) {
      await client.query(`drop database if exists ${draft} with (force)`);
      await client.query(`create database ${draft} template template0`);
      await template.prepare(databaseUrl(server, draft));
      await noConnections(client, draft);
      await client.query(`alter database ${draft} rename to ${ready}`);
    }
  } finally {
    await client.query('select pg_advisory_unlock(hashtext($1))', [ready]);
  }
  return ready;
}

async function dropDatabase(server: string, name: string): Promise<void> {
  await asAdministrator(server, async (client) => {
    // Where this throws the database stays until the run ends: cutting its connections would bury the cause in other errors.
    await noConnections(client, name);
    await client.query(`drop database ${name}`);
  });
}

/** A closed connection's process may live a moment longer on the server, hence the patience. */
async function noConnections(client: pg.Client, database: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const open = await client.query<{ query: string }>(
      'select query from pg_stat_activity where datname = $1 and backend_type = $2',
      [database, 'client backend'],
    );
    if (open.rowCount === 0) return;
    if (Date.now() > deadline) {
      const queries = open.rows.map((row) => `  ${row.query.slice(0, 200)}`).join('\n');
      throw new Error(`${open.rowCount} connections were left open; last queries:\n${queries}`);
    }
    await sleep(10);
  }
}

async function asAdministrator(
  server: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function serverUrl(): string {
  const url = process.env.TEST_POSTGRES_URL;
  if (!url) {
    throw new Error(
      'TEST_POSTGRES_URL is not set. Files named *.int.test.ts get a server by themselves: ' +
        'npx vitest run --project int <file>',
    );
  }
  return url;
}

/** Names of one run start alike, so that two runs may share a server and each removes only its own. */
function runPrefix(): string {
  return `outdial_test_${process.env.TEST_POSTGRES_RUN ?? 'solo'}_`;
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
