import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

type Change = 'disable' | 'enable' | 'sign out' | 'remove second factor';

/** What an admin does with an account besides editing it; counts from that user’s next request on. */
export function useChangeUser() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, change }: { id: string; change: Change }) => {
      const { users } = client;
      switch (change) {
        case 'disable':
        case 'enable':
          return (await users.update(id, { disabled: change === 'disable' })).message;
        case 'sign out':
          return (await users.signOut(id)).message;
        case 'remove second factor':
          return (await users.removeSecondFactor(id)).message;
        default:
          return change satisfies never;
      }
    },
    onSuccess: (message) => {
      notifyDone(message);
      void queryClient.invalidateQueries({ queryKey: keys.users });
    },
    onError: notifyFailed,
  });
}
