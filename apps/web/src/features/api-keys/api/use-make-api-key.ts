import type { Permission } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** The key itself is in the answer, and never again. */
export function useMakeApiKey() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; permissions: Permission[]; expires_at: string | null }) =>
      client.apiKeys.create(body),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.apiKeys }),
  });
}
