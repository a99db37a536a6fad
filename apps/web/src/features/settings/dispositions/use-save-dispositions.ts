import type { PutDispositions } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Saves the dispositions of one queue, or of all queues (`queueId` null). */
export function useSaveDispositions(queueId: string | null) {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: PutDispositions) =>
      client.dispositions.put(body, queueId === null ? {} : { queue_id: queueId }),
    onSuccess: async (saved) => {
      queryClient.setQueryData([...keys.dispositions, queueId], saved);
      // A queue without dispositions of its own has those of all queues.
      await queryClient.invalidateQueries({ queryKey: keys.dispositions });
    },
  });
}
