import { type Kysely, sql } from 'kysely';
import type { Database } from './database.js';
import { inTransaction } from './in-transaction.js';

/**
 * Runs `work` in a transaction, one at a time over all nodes: for what looks first and then does, where no constraint would
 * hold two back. All or nothing.
 */
export function serialize<T>(
  db: Kysely<Database>,
  work: (tx: Kysely<Database>) => Promise<T>,
): Promise<T> {
  return inTransaction(db, async (tx) => {
    // The table has one row, and only this function locks it.
    await sql`select from installation for update`.execute(tx);
    return work(tx);
  });
}
