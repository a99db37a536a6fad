import { useQuery } from '@tanstack/react-query';
import { useMay } from './account-context.js';
import { useClient } from './client-context.js';
import { keys } from './keys.js';

/** Who takes calls; nothing for who may not see that. */
export function useAgents() {
  const client = useClient();
  const may = useMay();
  return useQuery({
    queryKey: keys.agents,
    enabled: may('agents.read'),
    queryFn: ({ signal }) => client.agents.list({ limit: 200 }, signal),
  });
}
