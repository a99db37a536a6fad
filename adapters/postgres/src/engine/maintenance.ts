import { type Kysely, sql } from 'kysely';
import { addUpCounts } from '../reporting/count-calls.js';
import type { Database } from './database.js';

/**
 * What autovacuum does on a server: frees dead rows and counts the live ones, so that plans stay right. The embedded
 * database has no autovacuum; on a server this is not needed.
 */
export async function vacuumEmbedded(db: Kysely<Database>): Promise<void> {
  await sql`vacuum (analyze)`.execute(db);
}

/** Rows that were added up since the last time: some 100 pages that each look at the statistics would read. */
const ADDED_UP_TO_MATTER = 5_000;

/**
 * `addUpCounts` for the embedded database, where no autovacuum frees what it deletes; returns how many rows wait to be freed.
 * `before`: what it answered the last time.
 */
export async function addUpAndVacuum(db: Kysely<Database>, before: number): Promise<number> {
  const deleted = before + (await addUpCounts(db));
  if (deleted < ADDED_UP_TO_MATTER) return deleted;
  await sql`vacuum call_count_changes`.execute(db);
  return 0;
}

/** Fewer pages (of 8 kB) are read as quickly by any plan. */
const PAGES_TO_MATTER = 20;

/**
 * Counts the rows of the tables that have grown by a fifth since they were last counted, and answers their names: plans that
 * were made for small tables are made anew. Between two tidyings of the embedded database a first import may bring a
 * hundred thousand leads.
 */
export async function countGrownTables(db: Kysely<Database>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
      and pg_relation_size(c.oid) / current_setting('block_size')::integer
        > greatest(c.relpages, 0) * 1.2 + ${PAGES_TO_MATTER}
  `.execute(db);
  // One by one, because each blocks the embedded database for all others.
  for (const { name } of rows) await sql`analyze ${sql.table(name)}`.execute(db);
  return rows.map(({ name }) => name);
}
