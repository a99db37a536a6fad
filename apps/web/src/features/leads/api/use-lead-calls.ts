import { useQuery } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** The last calls to one lead. */
export function useLeadCalls(id: string) {
  const client = useClient();
  return useQuery({
    queryKey: [...keys.lead(id), 'calls'],
    queryFn: ({ signal }) => client.history.list({ lead_id: id, limit: 50 }, signal),
  });
}
