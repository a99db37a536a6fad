import type { PatchQueueItem } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export type ItemChange = (typeof PatchQueueItem)['_zod']['output'];

/** Changes an item's priority or due time, brings it back, or takes it out of the queue. */
export function useChangeItem() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({
      id,
      change,
    }: {
      id: string;
      change: ItemChange | 'remove' | 'remove_promised';
    }) => {
      if (change === 'remove') await client.queueItems.remove(id);
      else if (change === 'remove_promised')
        await client.queueItems.remove(id, { callbacks: 'drop' });
      else await client.queueItems.update(id, change);
    },
    onError: notifyFailed,
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: keys.queueItems });
      void queryClient.invalidateQueries({ queryKey: keys.queues });
    },
  });
}
