import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useDeleteLead() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.leads.remove(id),
    onSuccess: (_answer, id) => {
      notifyDone('The lead is deleted.');
      queryClient.removeQueries({ queryKey: keys.lead(id) });
      void queryClient.invalidateQueries({ queryKey: keys.leads });
      void queryClient.invalidateQueries({ queryKey: keys.queues });
    },
    onError: notifyFailed,
  });
}
