import type { StartDialer } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from './client-context.js';
import { keys } from './keys.js';

/** Starts the acting agent's session, from a queue or from a selection of leads. */
export function useStartDialer() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: StartDialer) => client.dialer.start(body),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.dialer }),
  });
}
