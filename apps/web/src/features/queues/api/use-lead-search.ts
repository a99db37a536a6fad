import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** The first leads that fit, for picking some of them. */
export function useLeadSearch(q: string) {
  const client = useClient();
  return useQuery({
    queryKey: [...keys.leads, 'search', q],
    queryFn: ({ signal }) => client.leads.list({ q, sort: 'name', limit: 30 }, signal),
    placeholderData: keepPreviousData,
  });
}
