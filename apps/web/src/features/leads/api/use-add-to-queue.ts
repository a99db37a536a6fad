import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export interface AddToQueueInput {
  leadIds: string[];
  /** An existing queue, or the name of a new one. */
  queueId: string | null;
  newQueue: string;
  priority: number;
  requeue: boolean;
}

export function useAddToQueue() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ leadIds, queueId, newQueue, priority, requeue }: AddToQueueInput) => {
      const queue_id =
        queueId ?? (await client.queues.create({ name: newQueue, settings: {} })).queue.id;
      return client.queueItems.add({ queue_id, lead_ids: leadIds, priority, requeue });
    },
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: keys.queues });
      void queryClient.invalidateQueries({ queryKey: keys.queueItems });
    },
  });
}
