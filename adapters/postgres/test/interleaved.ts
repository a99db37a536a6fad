import type { Kysely } from 'kysely';
import type { Database } from '../src/index.js';

/**
 * Runs `read` on a database where `change` is committed after each of its statements, before the next one: the worst moments
 * of a busy database, the same in every run. `change` gets the number of the statement, from 1; what it returns is a change
 * that needs one connection.
 */
export async function interleaved<T>(
  db: Kysely<Database>,
  kind: 'PGlite' | 'PostgreSQL',
  read: (db: Kysely<Database>) => Promise<T>,
  change: (statement: number) => Promise<unknown>,
): Promise<{ readonly answer: T; readonly statements: number }> {
  let statements = 0;
  const changes: Promise<unknown>[] = [];
  const watched = db.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      statements += 1;
      const committed = change(statements);
      changes.push(committed);
      // The embedded database has one connection, which the statement still holds: the change is next in line for it, before
      // the statement that follows, unless a transaction keeps the connection.
      if (kind === 'PostgreSQL') await committed;
      return result;
    },
  });
  const answer = await read(watched);
  await Promise.all(changes);
  return { answer, statements };
}
