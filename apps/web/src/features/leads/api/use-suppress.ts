import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Puts a number on the list of those that are never dialed. */
export function useSuppress() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (phoneNumber: string) => client.suppressions.add({ phone_numbers: [phoneNumber] }),
    onSuccess: () => {
      notifyDone('This number will not be called.');
      void queryClient.invalidateQueries({ queryKey: keys.suppressions });
      void queryClient.invalidateQueries({ queryKey: keys.queues });
      void queryClient.invalidateQueries({ queryKey: keys.queueItems });
      void queryClient.invalidateQueries({ queryKey: keys.leads });
    },
    onError: notifyFailed,
  });
}
