import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { notifyDone } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Who may work a queue. */
export function useQueueAccess(queueId: string) {
  const client = useClient();
  return useQuery({
    queryKey: keys.queueAccess(queueId),
    queryFn: ({ signal }) => client.queues.agents(queueId, signal),
  });
}

/** Stops the sessions of those who may not any more. */
export function useSetQueueAccess(queueId: string) {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { restricted: boolean; agent_ids: string[] }) =>
      client.queues.setAgents(queueId, body),
    onSuccess: ({ message, restricted, agent_ids }) => {
      notifyDone(message);
      queryClient.setQueryData(keys.queueAccess(queueId), { restricted, agent_ids });
      void queryClient.invalidateQueries({ queryKey: keys.queues });
      void queryClient.invalidateQueries({ queryKey: keys.openSessions });
    },
  });
}
