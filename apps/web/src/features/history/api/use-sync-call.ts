import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Writes one call to the CRM again. It has one activity there, however often this is done. */
export function useSyncCall() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.calls.syncCrm(id),
    onSuccess: ({ call }) => {
      queryClient.setQueryData(keys.call(call.id), call);
      void queryClient.invalidateQueries({ queryKey: keys.history });
    },
    onError: notifyFailed,
  });
}
