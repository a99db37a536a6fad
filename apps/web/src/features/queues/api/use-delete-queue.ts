import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { notifyDone, notifyFailed } from '../../../ui/notify.js';

export function useDeleteQueue() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.queues.remove(id),
    onSuccess: () => {
      notifyDone('The queue is deleted.');
      void queryClient.invalidateQueries({ queryKey: keys.queues });
    },
    onError: notifyFailed,
  });
}
