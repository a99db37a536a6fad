import { useQuery } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useCall(id: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.call(id ?? ''),
    queryFn: ({ signal }) => client.calls.get(id ?? '', signal),
    enabled: id !== null,
  });
}
