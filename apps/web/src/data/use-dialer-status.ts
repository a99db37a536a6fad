import { useQuery } from '@tanstack/react-query';
import { useClient } from './client-context.js';
import { keys } from './keys.js';

/** The acting agent's own session, the provider and what is next. */
export function useDialerStatus() {
  const client = useClient();
  return useQuery({
    queryKey: keys.dialer,
    queryFn: ({ signal }) => client.dialer.status(signal),
  });
}
