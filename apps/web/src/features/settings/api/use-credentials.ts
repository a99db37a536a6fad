import type { CredentialName } from '@outdial/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useCredentials() {
  const client = useClient();
  return useQuery({
    queryKey: keys.credentials,
    queryFn: ({ signal }) => client.credentials.list(signal),
  });
}

/** What is set is sealed at the server and never comes back. */
export function useSetCredential(name: CredentialName) {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (value: string) => client.credentials.set(name, { value }),
    // What was typed must not wait in memory for anybody.
    gcTime: 0,
    onSuccess: ({ message }) => {
      notifyDone(message);
      void queryClient.invalidateQueries({ queryKey: keys.credentials });
    },
  });
}

export function useRemoveCredential() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (name: CredentialName) => client.credentials.remove(name),
    onSuccess: ({ message }) => notifyDone(message),
    onError: notifyFailed,
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.credentials }),
  });
}
