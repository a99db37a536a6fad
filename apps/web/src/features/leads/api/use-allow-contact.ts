import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Lifts what a person said on calls about wanting no more calls. */
export function useAllowContact() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.leads.allowContact(id),
    onSuccess: ({ message }) => {
      notifyDone(message);
      void queryClient.invalidateQueries({ queryKey: keys.queues });
      void queryClient.invalidateQueries({ queryKey: keys.queueItems });
      void queryClient.invalidateQueries({ queryKey: keys.leads });
    },
    onError: notifyFailed,
  });
}
