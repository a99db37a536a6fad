import { useMutation } from '@tanstack/react-query';
import { useAccount } from '../../../data/account-context.js';
import { useClient } from '../../../data/client-context.js';

/** Makes a secret for the authenticator app; it counts once it is confirmed. */
export function useStartSecondFactor() {
  const client = useClient();
  return useMutation({
    mutationFn: (password: string) => client.auth.startSecondFactor({ password }),
  });
}

/** The recovery codes are shown this once; the account is read again afterwards. */
export function useConfirmSecondFactor() {
  const client = useClient();
  return useMutation({ mutationFn: (code: string) => client.auth.confirmSecondFactor({ code }) });
}

export function useMakeRecoveryCodes() {
  const client = useClient();
  return useMutation({
    mutationFn: (body: { password: string; code: string }) => client.auth.makeRecoveryCodes(body),
  });
}

export function useEndSecondFactor() {
  const client = useClient();
  const { setMe } = useAccount();
  return useMutation({
    mutationFn: async (body: { password: string; code: string }) => {
      await client.auth.endSecondFactor(body);
      return client.auth.me();
    },
    onSuccess: setMe,
  });
}
