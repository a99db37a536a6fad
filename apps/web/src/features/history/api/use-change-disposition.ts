import type { SetDisposition } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useChangeDisposition(callId: string) {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: SetDisposition) => client.calls.setDisposition(callId, body),
    onSuccess: ({ call }) => {
      queryClient.setQueryData(keys.call(call.id), call);
      void queryClient.invalidateQueries({ queryKey: keys.history });
    },
  });
}
