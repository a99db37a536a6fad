import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Ends all other sign-ins. */
export function useChangePassword() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { current_password: string; new_password: string }) =>
      client.auth.changePassword(body),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.signIns }),
  });
}
