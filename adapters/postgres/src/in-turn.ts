import { type Kysely, sql } from 'kysely';
import type { Database } from './database.js';

/**
 * Runs `work` in a transaction, one at a time over all nodes: for what looks first and then does, where no constraint would
 * hold two back. All or nothing.
 */
export function inTurn<T>(
  db: Kysely<Database>,
  work: (tx: Kysely<Database>) => Promise<T>,
): Promise<T> {
  return db.transaction().execute(async (tx) => {
    // There is one row of it, and nobody else locks it.
    await sql`select from installation for update`.execute(tx);
    return work(tx);
  });
}
