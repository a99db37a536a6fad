import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Gives a user a one-time password; all their sign-ins end. */
export function useResetPassword() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.users.resetPassword(id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.users }),
    onError: notifyFailed,
  });
}
