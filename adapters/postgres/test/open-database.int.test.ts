import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenDatabase, openDatabase } from '../src/index.js';
import { embedded, type MigratedDatabase, onServer } from './migrated-database.js';

describe.each([
  { where: 'a PostgreSQL server', kind: 'server', open: onServer },
  { where: 'the embedded PostgreSQL', kind: 'embedded', open: embedded },
])('$where', ({ kind, open }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database?.close());

  it('gives times, counts, days and documents as the same JavaScript values', async () => {
    const { rows } = await sql`
      select timestamptz '2026-01-15 12:00:00.123+01' as at, 12::bigint as big, sum(n) as total,
             date '2026-01-15' as day, '{"a":[1,null]}'::jsonb as document, count(*) as count
      from generate_series(1, 3) n`.execute(database.opened.db);
    expect(rows).toEqual([
      {
        at: new Date('2026-01-15T11:00:00.123Z'),
        big: 12,
        total: 6,
        day: '2026-01-15',
        document: { a: [1, null] },
        count: 3,
      },
    ]);
    expect(database.opened.kind).toBe(kind);
    await database.opened.ping();
  });

  it('keeps transactions that run at once apart, and undoes one that fails', async () => {
    const { db } = database.opened;
    const now = new Date('2026-01-15T12:00:00Z');
    const name = (n: number) => `work-${n}`;
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) =>
        db.transaction().execute(async (transaction) => {
          await transaction
            .insertInto('scheduled_work')
            .values({ name: name(n), due_at: now })
            .execute();
          if (n % 2) throw new Error('a mistake');
        }),
      ),
    );
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(5);
    const rows = await db.selectFrom('scheduled_work').select('name').orderBy('name').execute();
    expect(rows.map((row) => row.name)).toEqual([0, 2, 4, 6, 8].map(name));
  });
});

it('goes on when the server ends a connection between two statements of a transaction', async () => {
  const { opened, close } = await onServer();
  // Unheard, the error of that connection would end the process, and Vitest would tell.
  const broken = opened.db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(
      transaction,
    );
    await sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`.execute(opened.db);
    await setImmediate();
    await sql`select 1`.execute(transaction);
  });
  await expect(broken).rejects.toThrow(/terminat|connection/i);
  await opened.ping();
  await close();
});

it('goes on when a newer release adds columns under statements that are prepared', async () => {
  const { opened, close } = await onServer(2);
  const look = () =>
    opened.dialing.selectFrom('sessions').selectAll().where('id', '=', UNKNOWN_ID).execute();
  // Often enough, on both connections, that they are prepared.
  const lookOften = async () => {
    for (let time = 0; time < 5; time += 1) await Promise.all([look(), look()]);
  };
  await lookOften();
  for (const column of ['news', 'more_news']) {
    await sql`alter table sessions add column ${sql.ref(column)} integer`.execute(opened.db);
    await lookOften();
  }
  const { rows } = await sql<{ name: string }>`
    select name from pg_prepared_statements where statement like '%sessions%' and 1 = ${1}
  `.execute(opened.dialing);
  expect(rows.length, 'the statement is prepared anew').toBeGreaterThan(1);
  await close();
});

const UNKNOWN_ID = '01890000-0000-7000-8000-000000000000';

describe('a data directory', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outdial-data-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const write = (database: OpenDatabase, n: number) =>
    sql`create table if not exists kept (n integer)`
      .execute(database.db)
      .then(() => sql`insert into kept values (${n})`.execute(database.db));

  it('a data directory is refused to a second process, and to this one a second time, with what to do', async () => {
    const database = await openDatabase({ dataDir: folder });
    await write(database, 1);
    await expect(openDatabase({ dataDir: folder })).rejects.toMatchObject({
      name: 'DataDirInUse',
      code: 'DATA_DIR_IN_USE',
      message: expect.stringContaining('DATABASE_URL'),
    });
    const other = another(folder);
    expect(await other.answer).toContain('DATA_DIR_IN_USE');
    await database.close();
    await database.close();
  });

  it('a data directory is taken over at once, with everything in it, from a process that was killed', async () => {
    const other = another(folder);
    expect(await other.answer).toContain('open');
    await expect(openDatabase({ dataDir: folder })).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
    });
    other.process.kill('SIGKILL');
    await once(other.process, 'exit');
    const before = performance.now();
    const database = await openDatabase({ dataDir: folder });
    expect(performance.now() - before).toBeLessThan(10_000);
    const { rows } = await sql`select n from kept`.execute(database.db);
    expect(rows).toEqual([{ n: 1 }]);
    await database.close();
  });

  it('a data directory is taken over although its owner’s process id now belongs to another process', async () => {
    const owner = { pid: process.pid, host: 'here', place: 'elsewhere', started: '1' };
    const file = join(folder, 'outdial.lock');
    // Another host, such as a container that was removed: its heartbeat is stale.
    await writeFile(file, JSON.stringify(owner));
    await utimes(file, new Date(0), new Date(0));
    const database = await openDatabase({ dataDir: folder });
    await database.close();
  });
});

/** Opens the folder in a process of its own; it says `open` and stays, or the code of its error. */
function another(folder: string): { process: ChildProcess; answer: Promise<string> } {
  const source = fileURLToPath(new URL('../src/index.ts', import.meta.url));
  const script = `
    import(${JSON.stringify(source)})
      .then(({ openDatabase }) => openDatabase({ dataDir: ${JSON.stringify(folder)} }))
      .then(() => { console.log('open'); setInterval(() => {}, 1000); }, (error) => console.log(error.code));`;
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', '--input-type=module', '-e', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const answer = once(child.stdout, 'data').then(([data]) => String(data));
  return { process: child, answer };
}
