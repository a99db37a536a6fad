import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useRemoveSuppression() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (phoneNumber: string) => client.suppressions.remove(phoneNumber),
    onSuccess: () => {
      notifyDone('This number may be called again.');
      void queryClient.invalidateQueries({ queryKey: keys.suppressions });
    },
    onError: notifyFailed,
  });
}
