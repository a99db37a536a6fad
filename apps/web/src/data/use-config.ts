import { useQuery } from '@tanstack/react-query';
import { useClient } from './client-context.js';
import { keys } from './keys.js';

export function useConfig() {
  const client = useClient();
  return useQuery({ queryKey: keys.config, queryFn: ({ signal }) => client.config.get(signal) });
}
