import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { DEAD_EVENTS } from './use-dead-events.js';

/** All that failed too often, in one go. */
export function useReplayEvents() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => client.providerEvents.replayAll(),
    onSuccess: (result) => {
      notifyDone(result.message);
      void queryClient.invalidateQueries({ queryKey: keys.providerEvents(DEAD_EVENTS) });
    },
    onError: notifyFailed,
  });
}
