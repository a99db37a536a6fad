import { useMutation } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';

/** Reads the whole log: only when a user asks for it. */
export function useVerifyAudit() {
  const client = useClient();
  return useMutation({ mutationFn: () => client.audit.verify(), onError: notifyFailed });
}
