import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** What becomes of the call-backs that were promised in the queue; left out where there are none. */
export type Callbacks = { callbacks: 'drop' } | { callbacks: 'move'; move_to: string };

export function useDeleteQueue() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id, callbacks }: { id: string; callbacks?: Callbacks | undefined }) =>
      client.queues.remove(id, callbacks ?? {}),
    onSuccess: () => {
      notifyDone('The queue is deleted.');
      void queryClient.invalidateQueries({ queryKey: keys.queues });
    },
    onError: notifyFailed,
  });
}

const SHOWN = 200;

/** The call-backs that were promised in a queue: they come first in the order of calling. And the queues that could take them. */
export function usePromisedCallbacks(queueId: string, enabled: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: [...keys.queueItems, 'promised', queueId],
    enabled,
    staleTime: 0,
    queryFn: async ({ signal }) => {
      const [items, queues] = await Promise.all([
        client.queueItems.list({ queue_id: queueId, state: 'PENDING', limit: SHOWN }, signal),
        client.queues.list({ limit: SHOWN }, signal),
      ]);
      return {
        promised: items.items.filter((item) => item.callback),
        others: queues.queues.filter((queue) => queue.id !== queueId),
      };
    },
  });
}
