import type { Logger } from 'pino';
import type { Shared } from '../nodes/join-nodes.js';
import { createMemoryLiveLog, type LiveLog } from './live-log.js';
import { createRedisLiveLog } from './redis-live-log.js';

/** The log that this node shares with the others, read up to now; its own where it is alone. */
export async function openLiveLog(shared: Shared | null, log: Logger): Promise<LiveLog> {
  if (shared === null) return createMemoryLiveLog();
  const events = createRedisLiveLog({ ...shared, log });
  await events.ready;
  return events;
}
