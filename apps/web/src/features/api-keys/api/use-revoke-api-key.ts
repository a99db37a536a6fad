import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { notifyDone, notifyFailed } from '../../../ui/notify.js';

export function useRevokeApiKey() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.apiKeys.revoke(id),
    onSuccess: ({ message }) => notifyDone(message),
    onError: notifyFailed,
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.apiKeys }),
  });
}
