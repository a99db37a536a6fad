import type { AgentIdentity } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export interface AgentInput {
  name: string;
  email: string;
  connection_id: string | null;
  identities: readonly AgentIdentity[];
}

/** Adds an agent, or changes the one with this id. */
export function useSaveAgent(id: string | null) {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: AgentInput) =>
      id === null
        ? client.agents.create({ ...body, identities: [...body.identities] })
        : client.agents.update(id, { ...body, identities: [...body.identities] }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.agents }),
  });
}
