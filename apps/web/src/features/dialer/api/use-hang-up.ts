import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { showCall } from '../../../data/notebook/notebook-context.js';

export function useHangUp() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (callId: string) => client.calls.hangUp(callId),
    onSuccess: ({ call }) => showCall(queryClient, call),
    onError: notifyFailed,
  });
}
