import { useQuery } from '@tanstack/react-query';
import { useClient } from './client-context.js';
import { keys } from './keys.js';

export function useDispositions() {
  const client = useClient();
  return useQuery({
    queryKey: keys.dispositions,
    queryFn: ({ signal }) => client.calls.dispositions(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
