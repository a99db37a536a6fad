import type { HttpPorts } from './http-ports.js';

type Ports = Pick<HttpPorts, 'announcements' | 'jobs' | 'queueItems' | 'sessions'>;

export function announceQueues(
  { announcements }: Pick<Ports, 'announcements'>,
  queueIds: Iterable<string>,
): void {
  for (const queueId of new Set(queueIds)) announcements.announce({ kind: 'queue', queueId });
}

/** Something may be callable in these queues that was not before: whoever waits for it looks again. */
export async function queuesFilled(ports: Ports, queueIds: Iterable<string>): Promise<void> {
  const distinct = new Set(queueIds);
  announceQueues(ports, distinct);
  for (const queueId of distinct) {
    const running = await ports.sessions.list({ queueId, status: 'RUNNING' }, { limit: 200 });
    for (const { id } of running.rows) ports.jobs.wake({ job: 'advance-session', id });
  }
}

/** The queues that a lead stands in. */
export async function queuesOfLead(
  { queueItems }: Pick<Ports, 'queueItems'>,
  leadId: string,
): Promise<readonly string[]> {
  const { rows } = await queueItems.list({ leadId }, { limit: 200 });
  return rows.map((item) => item.queueId);
}
