import type { QueueItem } from '@outdial/protocol';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

export function useQueueItems(queueId: string, state: QueueItem['state'] | undefined) {
  const client = useClient();
  const query = { queue_id: queueId, state };
  return usePages({
    queryKey: keys.queueItemList(query),
    read: (cursor, signal) => client.queueItems.list({ ...query, cursor, limit: 50 }, signal),
    rows: (page) => page.items,
  });
}
