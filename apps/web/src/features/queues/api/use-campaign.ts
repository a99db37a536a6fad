import { ApiError } from '@outdial/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** The queue that an agent works off in the provider's own dialer; null when there is none. */
export function useCampaign(agentId: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.campaign(agentId ?? ''),
    enabled: agentId !== null,
    queryFn: async ({ signal }) => {
      try {
        return await client.agents.campaign(agentId ?? '', signal);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
  });
}

/** Hands the queue over to the agent's campaign, or takes it back. */
export function useHandOver(queueId: string, agentId: string | null) {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (verb: 'hand over' | 'take back') => {
      if (agentId === null) return null;
      if (verb === 'hand over') return client.agents.startCampaign(agentId, { queue_id: queueId });
      await client.agents.endCampaign(agentId);
      return null;
    },
    onSuccess: (campaign) => {
      queryClient.setQueryData(keys.campaign(agentId ?? ''), campaign);
      void queryClient.invalidateQueries({ queryKey: keys.queueItems });
      void queryClient.invalidateQueries({ queryKey: keys.queues });
    },
  });
}
