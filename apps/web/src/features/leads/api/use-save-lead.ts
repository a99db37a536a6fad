import type { CreateLead } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Creates a lead, or changes the one with this id. */
export function useSaveLead(id: string | null) {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ queue_id, ...lead }: CreateLead) =>
      id === null
        ? client.leads.create({ ...lead, ...(queue_id ? { queue_id } : {}) })
        : client.leads.update(id, lead),
    onSuccess: ({ lead }) => {
      queryClient.setQueryData(keys.lead(lead.id), lead);
      void queryClient.invalidateQueries({ queryKey: keys.leads });
      void queryClient.invalidateQueries({ queryKey: keys.queues });
    },
  });
}
