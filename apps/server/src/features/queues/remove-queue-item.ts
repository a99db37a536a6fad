import { announceQueues } from '@outdial/core';
import type { Author } from '../../access/audit-trail.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';

/** Takes a lead out of a queue. A promised call-back goes with it only where `dropCallback` says so, and leaves an audit entry. */
export async function removeQueueItem(
  { changes, announcements }: Pick<HttpPorts, 'changes' | 'announcements'>,
  itemId: string,
  dropCallback: boolean,
  author: Author,
): Promise<void> {
  const queueId = await changes.run(async (stores, record) => {
    const item = await stores.queueItems.get(itemId);
    const answer =
      item === null ? 'not_found' : await stores.queueItems.remove(itemId, { dropCallback });
    if (item === null || answer === 'not_found') throw notFound('queue item');
    if (answer === 'claimed') throw claimed('Wait until the call is over, then remove it.');
    if (answer === 'promised') {
      throw new Refusal(
        'callbacks_promised',
        `This lead was promised a call back at ${item.dueAt.toISOString()}. Say "callbacks=drop" to take the lead out all the same.`,
      );
    }
    if (item.callback && item.state === 'PENDING') {
      record({
        ...author,
        action: 'queue_changed',
        target: { kind: 'queue', id: item.queueId },
        details: { lead_id: item.leadId, callbacks: 1, callbacks_became: 'dropped' },
      });
    }
    return item.queueId;
  });
  announceQueues({ announcements }, [queueId]);
}

export const claimed = (advice: string): Refusal =>
  new Refusal('queue_item_claimed', `A session is calling this lead right now. ${advice}`);
