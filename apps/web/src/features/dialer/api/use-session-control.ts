import type { DialerStatus, Session } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Pauses, resumes or stops the acting agent's session, or ends its wrap-up. The answer is the session; live events follow. */
export function useSessionControl() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (verb: 'pause' | 'resume' | 'stop' | 'dialNext') => client.dialer[verb](),
    onSuccess: (session: Session) => {
      queryClient.setQueryData<DialerStatus>(keys.dialer, (old) =>
        old?.session?.id === session.id ? { ...old, session: { ...old.session, ...session } } : old,
      );
    },
    // Another user may have been quicker; the present state matters more than why this failed.
    onError: (error) => {
      notifyFailed(error);
      void queryClient.invalidateQueries({ queryKey: keys.dialer });
    },
  });
}
