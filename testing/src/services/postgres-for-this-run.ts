import { randomBytes } from 'node:crypto';
import { startPostgresServer } from './postgres-server.js';
import { dropTestDatabases } from './test-database.js';

/**
 * Vitest's global set-up for the suites that need PostgreSQL: one server per run, handed to the test processes through the
 * environment. A server named by TEST_POSTGRES_URL is used as it is, and only the databases of this run leave it.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  // Two projects share this file; the second finds the server of the first.
  if (process.env.TEST_POSTGRES_RUN) return undefined;
  process.env.TEST_POSTGRES_RUN = randomBytes(4).toString('hex');
  if (process.env.TEST_POSTGRES_URL) return dropTestDatabases;
  const server = await startPostgresServer();
  process.env.TEST_POSTGRES_URL = server.url;
  return server.stop;
}
