import type { HistoryQuery } from '@outdial/protocol';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

export type HistoryFilters = { [K in keyof HistoryQuery]?: HistoryQuery[K] | undefined };

export function useHistory(filters: HistoryFilters) {
  const client = useClient();
  return usePages({
    queryKey: keys.historyList(filters),
    read: (cursor, signal) => client.history.list({ ...filters, cursor, limit: 50 }, signal),
    rows: (page) => page.calls,
  });
}
