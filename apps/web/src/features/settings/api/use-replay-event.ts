import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { DEAD_EVENTS } from './use-dead-events.js';

export function useReplayEvent() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.providerEvents.replay(id),
    onSuccess: (result) => {
      notifyDone(result.message);
      void queryClient.invalidateQueries({ queryKey: keys.providerEvents(DEAD_EVENTS) });
    },
    onError: notifyFailed,
  });
}
