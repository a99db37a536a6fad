import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countGrownTables } from '../src/index.js';
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
