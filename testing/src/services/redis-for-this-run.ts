import { startRedis } from './redis-server.js';

/** Vitest's global set-up for the suites that need Redis: one server per run, handed on as TEST_REDIS_URL. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  // Two projects share this file; the second finds the server of the first.
  if (process.env.TEST_REDIS_URL) return undefined;
  const server = await startRedis();
  process.env.TEST_REDIS_URL = server.url;
  return () => server.stop();
}
