import type { HttpPorts } from '../http-ports.js';

type Ports = Pick<HttpPorts, 'dialer' | 'queueItems'>;

/** Something may be callable in these queues that was not before: sessions that wait for it look again. */
export async function queuesFilled(
  { dialer }: Pick<Ports, 'dialer'>,
  queueIds: Iterable<string>,
): Promise<void> {
  await dialer.wakeQueues([...queueIds]);
}

/** The queues that a lead is in. */
export async function queuesOfLead(
  { queueItems }: Pick<Ports, 'queueItems'>,
  leadId: string,
): Promise<readonly string[]> {
  const queueIds: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await queueItems.list({ leadId }, { limit: 200, cursor });
    queueIds.push(...page.rows.map((item) => item.queueId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return queueIds;
}
