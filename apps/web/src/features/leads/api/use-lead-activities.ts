import { useQuery } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useLeadActivities(id: string) {
  const client = useClient();
  return useQuery({
    queryKey: keys.leadActivities(id),
    queryFn: ({ signal }) => client.leads.crmActivities(id, signal),
  });
}
