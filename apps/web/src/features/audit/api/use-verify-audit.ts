import { useMutation } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { notifyFailed } from '../../../ui/notify.js';

/** Reads the whole log: not by itself, but when somebody wants to know. */
export function useVerifyAudit() {
  const client = useClient();
  return useMutation({ mutationFn: () => client.audit.verify(), onError: notifyFailed });
}
