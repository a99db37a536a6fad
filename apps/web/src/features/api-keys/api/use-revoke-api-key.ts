import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

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
