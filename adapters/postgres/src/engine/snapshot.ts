import type { Kysely } from 'kysely';
import type { Database } from './database.js';

/**
 * Runs `read` in one read-only snapshot: every statement in it sees the rows as they were at one moment, whatever is
 * committed meanwhile, so that sums agree with the rows beside them. Joins the transaction that `db` already is.
 *
 * Everything in `read` must go through `snapshot`: the embedded database has one connection, and a statement past it would
 * wait for this transaction, which would wait for the statement.
 */
export const inSnapshot = <T>(
  db: Kysely<Database>,
  read: (snapshot: Kysely<Database>) => Promise<T>,
): Promise<T> =>
  db.isTransaction
    ? read(db)
    : db
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute(read);
