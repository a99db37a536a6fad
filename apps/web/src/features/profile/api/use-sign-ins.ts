import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Where one is signed in. */
export function useSignIns() {
  const client = useClient();
  return useQuery({
    queryKey: keys.signIns,
    queryFn: ({ signal }) => client.auth.signIns(signal),
    // No live event tells of them.
    staleTime: 0,
  });
}

export function useEndSignIn() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.auth.endSignIn(id),
    onSuccess: () => notifyDone('That device is signed out.'),
    onError: notifyFailed,
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.signIns }),
  });
}
