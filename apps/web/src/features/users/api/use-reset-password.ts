import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { notifyFailed } from '../../../ui/notify.js';

/** Gives somebody a password for one time; every sign-in of theirs ends. */
export function useResetPassword() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.users.resetPassword(id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.users }),
    onError: notifyFailed,
  });
}
