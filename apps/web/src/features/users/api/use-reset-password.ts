import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

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
