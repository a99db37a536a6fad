import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { notifyDone, notifyFailed } from '../../../ui/notify.js';
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
