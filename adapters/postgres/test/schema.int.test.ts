import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from '@outdial/testing/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpSchema, migrate, type OpenDatabase, openDatabase } from '../src/index.js';
import { embedded, onServer } from './migrated-database.js';

const SCHEMA = fileURLToPath(new URL('../schema.txt', import.meta.url));
const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));

describe('the schema', () => {
  it.each([
    { where: 'a server', open: () => onServer(1) },
    { where: 'the embedded database', open: embedded },
  ])('on $where is the one in schema.txt', async ({ open }) => {
    const database = await open();
    try {
      const schema = await dumpSchema(database.opened.db);
      // `UPDATE_SCHEMA=1 npx vitest run --project int adapters/postgres/test/schema` writes it after a new migration.
      if (process.env.UPDATE_SCHEMA) await writeFile(SCHEMA, schema);
      expect(schema).toBe(await readFile(SCHEMA, 'utf8'));
    } finally {
      await database.close();
    }
  });
});

describe('migrating', () => {
  let database: OpenDatabase;
  let drop: () => Promise<void>;
  let folder: string;
  beforeAll(async () => {
    const created = await createTestDatabase();
    drop = created.drop;
    database = await openDatabase({ url: created.url });
    folder = await mkdtemp(join(tmpdir(), 'outdial-migrations-'));
    await cp(MIGRATIONS, folder, { recursive: true });
  });
  afterAll(async () => {
    await database?.close();
    await drop?.();
    await rm(folder, { recursive: true, force: true });
  });

  it('migrating happens once when several nodes start at the same moment', async () => {
    const reports = await Promise.all(
      Array.from({ length: 5 }, () => migrate(database.db, folder)),
    );
    expect(reports.flatMap(({ applied }) => applied)).toContain('0001_initial.sql');
    expect(reports.filter(({ applied }) => applied.length > 0)).toHaveLength(1);
    expect(await migrate(database.db, folder)).toEqual({ applied: [], unknown: [] });
  });

  it('migrating leaves nothing of a migration that fails', async () => {
    const file = join(folder, '9001_wrong.sql');
    await writeFile(file, 'create table half_done (id integer); select no_such_column;');
    await expect(migrate(database.db, folder)).rejects.toThrow('no_such_column');
    expect(await dumpSchema(database.db)).not.toContain('half_done');
    await writeFile(file, 'create table half_done (id integer);');
    expect((await migrate(database.db, folder)).applied).toEqual(['9001_wrong.sql']);
  });

  it('migrating works with a database that a newer release has migrated, and says so', async () => {
    expect((await migrate(database.db)).unknown).toEqual(['9001_wrong.sql']);
  });

  it('migrating is refused when a migration was edited after it had been applied', async () => {
    await writeFile(join(folder, '9001_wrong.sql'), 'create table something_else (id integer);');
    await expect(migrate(database.db, folder)).rejects.toMatchObject({
      code: 'MIGRATION_EDITED',
      migration: '9001_wrong.sql',
    });
  });
});
