import { useMutation } from '@tanstack/react-query';
import { useAccount } from '../../../data/account-context.js';
import { useClient } from '../../../data/client-context.js';

export function useRename() {
  const client = useClient();
  const { setMe } = useAccount();
  return useMutation({
    mutationFn: (name: string) => client.auth.updateMe({ name }),
    onSuccess: setMe,
  });
}
