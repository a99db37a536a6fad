import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

export interface ReportFilters {
  from?: string | undefined;
  to?: string | undefined;
  agent_id?: string | undefined;
  queue_id?: string | undefined;
}

export function useReports(filters: ReportFilters) {
  const client = useClient();
  return usePages({
    queryKey: keys.reports(filters),
    read: (cursor, signal) => client.stats.reports({ ...filters, cursor, limit: 30 }, signal),
    rows: (page) => page.reports,
  });
}
