import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useAddSuppressions() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { phone_numbers: string[]; reason?: string }) =>
      client.suppressions.add(body),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: keys.suppressions });
      void queryClient.invalidateQueries({ queryKey: keys.queues });
    },
  });
}
