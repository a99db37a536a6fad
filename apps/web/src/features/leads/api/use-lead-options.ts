import { useQuery } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useLeadOptions() {
  const client = useClient();
  return useQuery({
    queryKey: keys.leadOptions,
    queryFn: ({ signal }) => client.leads.filterOptions(signal),
  });
}
