import type { StatsQuery } from '@outdial/protocol';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export type StatsFilters = { [K in keyof StatsQuery]?: StatsQuery[K] | undefined };

export function useStats(filters: StatsFilters) {
  const client = useClient();
  return useQuery({
    queryKey: keys.statsOf(filters),
    queryFn: ({ signal }) => client.stats.get(filters, signal),
    placeholderData: keepPreviousData,
  });
}
