import { ApiError } from '@outdial/client';
import type { QueueItem } from '@outdial/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { count } from '../../../domain/catalogue/words.js';

/** Requests at the same time: a long selection is done soon, and leaves the server room for calls. */
const REQUESTS_AT_ONCE = 4;

/** Promised callbacks go only where the person who removes them was asked. */
export const isPromised = (item: QueueItem) => item.callback && item.state === 'PENDING';

/** Takes several leads out of a queue. One that is being called stays, and the message says so. */
export function useRemoveItems() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (items: readonly QueueItem[]) => {
      const waiting = [...items];
      const done = { removed: 0, onCall: 0 };
      const work = async () => {
        for (let item = waiting.pop(); item; item = waiting.pop()) {
          try {
            await client.queueItems.remove(item.id, isPromised(item) ? { callbacks: 'drop' } : {});
            done.removed += 1;
          } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            // Another person removed it meanwhile.
            if (error.code === 'not_found') continue;
            if (error.code !== 'queue_item_claimed') throw error;
            done.onCall += 1;
          }
        }
      };
      await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, work));
      return done;
    },
    onSuccess: ({ removed, onCall }) => {
      const stays =
        onCall > 0
          ? ` ${count(onCall, 'lead')} stayed: a session is calling ${onCall === 1 ? 'it' : 'them'} right now.`
          : '';
      notifyDone(`${count(removed, 'lead')} removed from this queue.${stays}`);
    },
    onError: notifyFailed,
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: keys.queueItems });
      void queryClient.invalidateQueries({ queryKey: keys.queues });
    },
  });
}
