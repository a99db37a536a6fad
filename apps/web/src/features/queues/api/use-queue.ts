import { useQuery } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useQueue(id: string) {
  const client = useClient();
  return useQuery({
    queryKey: keys.queue(id),
    queryFn: ({ signal }) => client.queues.get(id, signal),
  });
}
