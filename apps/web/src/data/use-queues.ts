import { useQuery } from '@tanstack/react-query';
import { useClient } from './client-context.js';
import { keys } from './keys.js';

/** The first 200 queues; a team that has more finds the others by their address. */
export function useQueues() {
  const client = useClient();
  return useQuery({
    queryKey: keys.queues,
    queryFn: ({ signal }) => client.queues.list({ limit: 200 }, signal),
  });
}
