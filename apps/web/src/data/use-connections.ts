import { useQuery } from '@tanstack/react-query';
import { useClient } from './client-context.js';
import { keys } from './keys.js';

/** The connected phone systems and their state. */
export function useConnections() {
  const client = useClient();
  return useQuery({
    queryKey: keys.connections,
    queryFn: ({ signal }) => client.connections.list(signal),
  });
}
