import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Kysely, sql } from 'kysely';
import type { Database } from './database.js';

/** Beside src and dist alike. */
const MIGRATIONS = fileURLToPath(new URL('../../migrations/', import.meta.url));

/** Any number will do, as long as it is always the same one. */
const ADVISORY_LOCK = 0x0d1a1;

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

/** A migration that was applied and then edited: the database and the files no longer tell the same story. */
export class MigrationEdited extends Error {
  readonly code = 'MIGRATION_EDITED';

  constructor(readonly migration: string) {
    super(
      `Migration ${migration} was changed after it had been applied to this database. ` +
        'Restore the file as it was released, and put the change into a new migration.',
    );
    this.name = 'MigrationEdited';
  }
}

export interface MigrationReport {
  /** Names of the files applied now. */
  readonly applied: readonly string[];
  /** Applied by a newer release, unknown to this one: after a roll-back. */
  readonly unknown: readonly string[];
}

/**
 * Brings the schema up to date: the numbered files in order, each in a transaction of its own, each remembered with its
 * checksum. Nodes that start at once wait for each other. `directory` is for tests.
 */
export async function migrate(
  db: Kysely<Database>,
  directory = MIGRATIONS,
): Promise<MigrationReport> {
  const migrations = await readMigrations(directory);
  return db.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${ADVISORY_LOCK}::bigint)`.execute(connection);
    try {
      await sql`
        create table if not exists schema_migrations (
          number      integer primary key,
          name        text not null,
          checksum    text not null,
          applied_at  timestamptz not null default now()
        )`.execute(connection);
      const before = await connection
        .selectFrom('schema_migrations')
        .selectAll()
        .orderBy('number')
        .execute();
      const applied: string[] = [];
      for (const migration of migrations) {
        const known = before.find((row) => row.number === migration.number);
        if (known) {
          if (known.checksum !== migration.checksum) throw new MigrationEdited(migration.name);
          continue;
        }
        await apply(connection, migration);
        applied.push(migration.name);
      }
      const unknown = before
        .filter((row) => !migrations.some((migration) => migration.number === row.number))
        .map((row) => row.name);
      return { applied, unknown };
    } finally {
      await sql`select pg_advisory_unlock(${ADVISORY_LOCK}::bigint)`.execute(connection);
    }
  });
}

/** How far a database is, without changing it. */
export interface MigrationState {
  /** Names of the files that the next start applies. */
  readonly missing: readonly string[];
  /** Applied by a newer release, unknown to this one. */
  readonly unknown: readonly string[];
  /** Applied, and changed since: this release does not start on it. */
  readonly edited: readonly string[];
}

/** Compares the files with what was applied; a database without any migration lacks all of them. */
export async function readMigrationState(db: Kysely<Database>): Promise<MigrationState> {
  const migrations = await readMigrations(MIGRATIONS);
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass('schema_migrations') is not null as there`.execute(db);
  const applied = rows[0]?.there
    ? await db.selectFrom('schema_migrations').selectAll().orderBy('number').execute()
    : [];
  const fileOf = (number: number) => migrations.find((migration) => migration.number === number);
  return {
    missing: migrations
      .filter(({ number }) => !applied.some((row) => row.number === number))
      .map(({ name }) => name),
    unknown: applied.filter(({ number }) => fileOf(number) === undefined).map(({ name }) => name),
    edited: applied
      .filter(({ number, checksum }) => {
        const file = fileOf(number);
        return file !== undefined && file.checksum !== checksum;
      })
      .map(({ name }) => name),
  };
}

async function apply(connection: Kysely<Database>, migration: Migration): Promise<void> {
  await connection.transaction().execute(async (transaction) => {
    await sql.raw(migration.text).execute(transaction);
    const { number, name, checksum } = migration;
    await transaction.insertInto('schema_migrations').values({ number, name, checksum }).execute();
  });
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{4}_.+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      // A checkout on Windows may have turned the line ends.
      const text = (await readFile(`${directory}/${name}`, 'utf8')).replaceAll('\r\n', '\n');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { number: Number(name.slice(0, 4)), name, text, checksum };
    }),
  );
}
