import { useQuery } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** The queues that one lead stands in. */
export function useLeadQueueItems(id: string) {
  const client = useClient();
  return useQuery({
    queryKey: keys.leadQueueItems(id),
    queryFn: ({ signal }) => client.queueItems.list({ lead_id: id }, signal),
  });
}
