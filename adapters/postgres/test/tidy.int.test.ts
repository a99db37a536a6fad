import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addUpAndVacuum, countGrownTables } from '../src/index.js';
import { embedded, type MigratedDatabase } from './migrated-database.js';

let database: MigratedDatabase;
beforeAll(async () => {
  database = await embedded();
});
afterAll(() => database?.close());

it('the embedded database learns that a table has grown, once', async () => {
  const { db } = database.opened;
  await countGrownTables(db);
  await sql`
    insert into suppressions (phone, reason, source, created_at)
    select '+1212' || (2000000 + n), 'asked', 'import', now() from generate_series(1, 5000) n`.execute(
    db,
  );
  expect(await countGrownTables(db)).toEqual(['suppressions']);
  expect(await countGrownTables(db)).toEqual([]);
  const { rows } = await sql<{ rows: number }>`
    select reltuples::integer as rows from pg_class where relname = 'suppressions'`.execute(db);
  expect(rows).toEqual([{ rows: 5000 }]);
});

it('the embedded database frees what was added up, once there is much of it', async () => {
  const { db } = database.opened;
  const ended = (calls: number) =>
    sql`
    insert into call_count_changes (bucket, agent_id, queue_id, outcome, disposition, calls, talk_seconds)
    select now(), gen_random_uuid(), '01940000-0000-7000-8000-000000000001', 'BUSY', 'Busy', 1, 0
    from generate_series(1, ${calls}::integer)`.execute(db);
  const pages = async () => {
    const { rows } = await sql<{ pages: number }>`
      select pg_relation_size('call_count_changes') / current_setting('block_size')::integer as pages`.execute(
      db,
    );
    return rows[0]?.pages;
  };
  await ended(4_000);
  expect(await addUpAndVacuum(db, 0)).toBe(4_000);
  expect(await pages()).toBeGreaterThan(30);
  await ended(1_000);
  expect(await addUpAndVacuum(db, 4_000)).toBe(0);
  expect(await pages()).toBe(0);
});
