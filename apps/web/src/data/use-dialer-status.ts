import { useQuery } from '@tanstack/react-query';
import { useClient } from './client-context.js';
import { keys } from './keys.js';
import { useTakesCalls } from './use-takes-calls.js';

/** The acting agent's own session, the provider and what is next; nothing for who takes no calls. */
export function useDialerStatus() {
  const client = useClient();
  const takesCalls = useTakesCalls();
  return useQuery({
    queryKey: keys.dialer,
    enabled: takesCalls,
    queryFn: ({ signal }) => client.dialer.status(signal),
  });
}
