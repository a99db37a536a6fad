import type { CrmFaults } from '@outdial/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useCrmFaults() {
  const client = useClient();
  return useQuery({
    queryKey: keys.crmFaults,
    queryFn: ({ signal }) => client.crm.faults(signal),
  });
}

export function useSetCrmFaults() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (faults: CrmFaults) => client.crm.setFaults(faults),
    onSuccess: (faults) => queryClient.setQueryData(keys.crmFaults, faults),
    onError: notifyFailed,
  });
}
