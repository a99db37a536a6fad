import { ApiError } from '@outdial/client';
import { QueryClient } from '@tanstack/react-query';

const isWorthAnotherTry = (error: unknown) =>
  !(error instanceof ApiError) || error.status === 429 || error.status >= 502;

/** Live events keep the data fresh, so nothing is polled and nothing is asked again just because a window got focus. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        refetchOnWindowFocus: false,
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && isWorthAnotherTry(error),
        retryDelay: (failures) => 500 * 2 ** failures,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}
