import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { notifyFailed } from '../../../ui/notify.js';
import { showCall } from './use-set-disposition.js';

export function useHangUp() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (callId: string) => client.calls.hangUp(callId),
    onSuccess: ({ call }) => showCall(queryClient, call),
    onError: notifyFailed,
  });
}
