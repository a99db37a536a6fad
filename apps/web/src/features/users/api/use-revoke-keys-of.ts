import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Revokes these API keys; one that is revoked already stays so, so that it can be tried again. */
export function useRevokeKeysOf() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (ids: readonly string[]) => {
      for (const id of ids) await client.apiKeys.revoke(id);
    },
    onError: notifyFailed,
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.apiKeys }),
  });
}
