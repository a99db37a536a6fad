import { useQuery } from '@tanstack/react-query';
import { useClient } from './client-context.js';
import { keys } from './keys.js';

export function useAgents() {
  const client = useClient();
  return useQuery({
    queryKey: keys.agents,
    queryFn: ({ signal }) => client.agents.list({ limit: 200 }, signal),
  });
}
