import type { Kysely } from 'kysely';
import type { Database } from '../database.js';

/**
 * Runs `work` in a transaction: the one that `db` already is, or a new one. That is how a caller joins several of these
 * stores in one transaction: `db.transaction().execute((tx) => …createLeadStore(tx)…createImportStore(tx)…)`.
 */
export const inTransaction = <T>(
  db: Kysely<Database>,
  work: (transaction: Kysely<Database>) => Promise<T>,
): Promise<T> => (db.isTransaction ? work(db) : db.transaction().execute(work));
