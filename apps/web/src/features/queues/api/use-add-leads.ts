import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyDone } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { count } from '../../../domain/catalogue/words.js';

export function useAddLeads(queueId: string) {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (leadIds: string[]) =>
      client.queueItems.add({ queue_id: queueId, lead_ids: leadIds }),
    onSuccess: (result) => {
      notifyDone(
        `${count(result.added, 'lead')} added${result.already_there > 0 ? `, ${result.already_there} were there already` : ''}.`,
      );
      void queryClient.invalidateQueries({ queryKey: keys.queueItems });
      void queryClient.invalidateQueries({ queryKey: keys.queues });
    },
  });
}
