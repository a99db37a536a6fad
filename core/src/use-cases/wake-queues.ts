import type { DialerPorts } from './dialer-ports.js';
import { openSessionsOn } from './open-sessions-on.js';

/**
 * Something may be callable in this queue that was not before, or is no longer: screens read it again, and each session that runs on
 * it looks for its next lead.
 */
export const wakeQueue = (
  ports: Pick<DialerPorts, 'store' | 'jobs' | 'announcements'>,
  queueId: string,
): Promise<void> => wakeQueues(ports, [queueId]);

/** The same for several queues. */
export async function wakeQueues(
  { store, jobs, announcements }: Pick<DialerPorts, 'store' | 'jobs' | 'announcements'>,
  queueIds: readonly string[],
): Promise<void> {
  announceQueues({ announcements }, queueIds);
  for await (const { id } of openSessionsOn(store, queueIds, ['RUNNING'])) {
    jobs.wake({ job: 'advance-session', id });
  }
}

/** Screens read these queues again. */
export function announceQueues(
  { announcements }: Pick<DialerPorts, 'announcements'>,
  queueIds: Iterable<string>,
): void {
  for (const queueId of new Set(queueIds)) announcements.announce({ kind: 'queue', queueId });
}
