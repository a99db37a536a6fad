import { useMutation } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';

/** Reads the whole log: not by itself, but when somebody wants to know. */
export function useVerifyAudit() {
  const client = useClient();
  return useMutation({ mutationFn: () => client.audit.verify(), onError: notifyFailed });
}
