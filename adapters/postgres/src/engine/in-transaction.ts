import { type Kysely, sql } from 'kysely';
import type { Database } from './database.js';

/**
 * Runs `work` in a transaction: the one that `db` already is, or a new one. That is how a caller joins several of these
 * stores in one transaction: `db.transaction().execute((tx) => …createLeadStore(tx)…createImportStore(tx)…)`.
 */
export const inTransaction = <T>(
  db: Kysely<Database>,
  work: (transaction: Kysely<Database>) => Promise<T>,
): Promise<T> => (db.isTransaction ? work(db) : db.transaction().execute(work));

/**
 * The same, for work whose failure the caller answers with another statement: in a transaction that is open already only this work is
 * undone, as PostgreSQL refuses every statement after a failed one.
 */
export async function inSavepoint<T>(
  db: Kysely<Database>,
  work: (transaction: Kysely<Database>) => Promise<T>,
): Promise<T> {
  if (!db.isTransaction) return inTransaction(db, work);
  await sql`savepoint inner_work`.execute(db);
  try {
    const answer = await work(db);
    await sql`release savepoint inner_work`.execute(db);
    return answer;
  } catch (error) {
    await sql`rollback to savepoint inner_work`.execute(db);
    throw error;
  }
}
