import type { Call, DialerStatus, SetDisposition } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useSetDisposition() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ callId, ...body }: SetDisposition & { callId: string }) =>
      client.calls.setDisposition(callId, body),
    onSuccess: ({ call }) => showCall(queryClient, call),
  });
}

export function showCall(queryClient: ReturnType<typeof useQueryClient>, call: Call): void {
  queryClient.setQueryData<DialerStatus>(keys.dialer, (old) =>
    old?.session?.id === call.session_id
      ? {
          ...old,
          session: {
            ...old.session,
            calls: old.session.calls.map((c) => (c.id === call.id ? call : c)),
          },
        }
      : old,
  );
}
