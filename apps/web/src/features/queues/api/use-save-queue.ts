import type { QueueSettings } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Creates a queue, or changes the one with this id. */
export function useSaveQueue(id: string | null) {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; settings: QueueSettings; connection_id: string | null }) =>
      id === null ? client.queues.create(body) : client.queues.update(id, body),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.queues }),
  });
}
