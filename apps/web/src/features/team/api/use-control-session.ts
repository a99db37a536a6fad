import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Pauses, resumes or stops the session of any agent. */
export function useControlSession() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id, verb }: { id: string; verb: 'pause' | 'resume' | 'stop' }) =>
      client.sessions[verb](id),
    onError: notifyFailed,
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.openSessions }),
  });
}
