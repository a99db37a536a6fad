import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export interface AgentInput {
  name: string;
  email: string;
  provider_user_id: string | null;
  provider_number_id: string | null;
}

/** Adds an agent, or changes the one with this id. */
export function useSaveAgent(id: string | null) {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: AgentInput) =>
      id === null ? client.agents.create(body) : client.agents.update(id, body),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.agents }),
  });
}
