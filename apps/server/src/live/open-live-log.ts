import type { Logger } from 'pino';
import type { Shared } from '../cluster/join-nodes.js';
import type { RefusedEntry } from '../telemetry/metrics/refused-entries.js';
import { createMemoryLiveLog, type LiveLog } from './live-log.js';
import { createRedisLiveLog } from './redis-live-log.js';

/** The log that this node shares with the others, read up to now; its own where it is alone. */
export async function openLiveLog(
  shared: Shared | null,
  more: {
    readonly log: Logger;
    readonly key: () => Uint8Array;
    readonly refused: (because: RefusedEntry) => void;
  },
): Promise<LiveLog> {
  if (shared === null) return createMemoryLiveLog();
  const events = createRedisLiveLog({ ...shared, ...more });
  await events.ready;
  return events;
}
