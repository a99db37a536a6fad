import type { LeadListQuery } from '@outdial/protocol';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

export interface LeadFilters {
  q: string;
  industry: string[];
  headcount: string[];
  sort: LeadListQuery['sort'];
}

export function useLeads(filters: LeadFilters) {
  const client = useClient();
  return usePages({
    queryKey: keys.leadList(filters),
    read: (cursor, signal) => client.leads.list({ ...filters, cursor, limit: 50 }, signal),
    rows: (page) => page.leads,
  });
}
