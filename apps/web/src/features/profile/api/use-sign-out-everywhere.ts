import { useMutation } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useAccount } from '../../../data/account-context.js';
import { useClient } from '../../../data/client-context.js';

/** Ends every sign-in of this person, this one too. */
export function useSignOutEverywhere() {
  const client = useClient();
  const { wasSignedOut } = useAccount();
  return useMutation({
    mutationFn: () => client.auth.logoutEverywhere(),
    onSuccess: wasSignedOut,
    onError: notifyFailed,
  });
}
