import { useQuery } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useLead(id: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.lead(id ?? ''),
    queryFn: ({ signal }) => client.leads.get(id ?? '', signal),
    enabled: id !== null,
  });
}
