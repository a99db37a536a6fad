import type { CrmFaults } from '@outdial/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useMockFaults() {
  const client = useClient();
  return useQuery({
    queryKey: keys.mockFaults,
    queryFn: ({ signal }) => client.crm.mockFaults(signal),
  });
}

export function useSetMockFaults() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (faults: CrmFaults) => client.crm.setMockFaults(faults),
    onSuccess: (faults) => queryClient.setQueryData(keys.mockFaults, faults),
    onError: notifyFailed,
  });
}
