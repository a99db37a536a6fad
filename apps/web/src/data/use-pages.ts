import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

interface Page {
  readonly total: number;
  readonly total_is_estimate?: boolean | undefined;
  readonly next_cursor: string | null;
}

/** A list that pages with a cursor, read page by page as the user gets there. */
export function usePages<P extends Page, T>(options: {
  queryKey: readonly unknown[];
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<P>;
  rows: (page: P) => readonly T[];
  enabled?: boolean;
}) {
  const query = useInfiniteQuery({
    queryKey: options.queryKey,
    queryFn: ({ pageParam, signal }) => options.read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: P) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
  });
  const pages = query.data?.pages;
  const { rows: rowsOf } = options;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `rows` only names the list inside a page
  const rows = useMemo(() => (pages ?? []).flatMap((page) => [...rowsOf(page)]), [pages]);
  return {
    rows,
    total: pages?.at(-1)?.total ?? 0,
    totalIsEstimate: pages?.at(-1)?.total_is_estimate ?? false,
    isLoading: query.isPending && (options.enabled ?? true),
    isRefreshing: query.isFetching && query.isPlaceholderData,
    error: query.error,
    retry: () => void query.refetch(),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
    },
  };
}

export type Pages<T> = Omit<ReturnType<typeof usePages<Page, T>>, 'rows'> & { rows: T[] };
