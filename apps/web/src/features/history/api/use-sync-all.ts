import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Replays the sync of every call that the CRM does not have yet. */
export function useSyncAll() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => client.crm.sync(),
    onSuccess: (result) => {
      notifyDone(result.message);
      void queryClient.invalidateQueries({ queryKey: keys.history });
    },
    onError: notifyFailed,
  });
}
