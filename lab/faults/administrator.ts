import { type Database, openDatabase } from '@outdial/postgres';
import { type Kysely, sql } from 'kysely';
import { until } from '../server/until.js';
import type { Installation } from './installation.js';

/** Does something to an installation's database that no node would do, over a connection of its own. */
export async function asAdministrator<T>(
  { databaseUrl }: Installation,
  work: (db: Kysely<Database>) => Promise<T>,
): Promise<T> {
  if (databaseUrl === null) throw new Error('The embedded database has no administrator.');
  const url = `${databaseUrl}?application_name=administrator`;
  const { db, close } = await openDatabase({ url, poolSize: 1 });
  try {
    return await work(db);
  } finally {
    await close();
  }
}

/** Resolves once a node's statement is asleep inside the database: that is, in the middle of its transaction. */
export const somebodySleeps = (db: Kysely<Database>): Promise<boolean> =>
  until(
    'a node is in the middle of it',
    async () => {
      const { rows } = await sql`
        select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'
      `.execute(db);
      return rows.length > 0;
    },
    { timeoutMs: 60_000 },
  );

/** What a database does by itself once it notices that a node is gone, which it may take its time for. */
export async function endSleepers(db: Kysely<Database>): Promise<void> {
  await sql`
    select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and wait_event = 'PgSleep'
  `.execute(db);
}
