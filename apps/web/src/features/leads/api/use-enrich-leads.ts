import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { count } from '../../../domain/catalogue/words.js';

const AT_ONCE = 3;

/** Asks the enrichment provider about each lead, a few at a time. Stops at the first failure and says how far it got. */
export function useEnrichLeads() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (ids: readonly string[]) => {
      const waiting = [...ids];
      let done = 0;
      const work = async () => {
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          const { lead } = await client.leads.enrich(id);
          queryClient.setQueryData(keys.lead(id), lead);
          done += 1;
        }
      };
      const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
      return { done, failure: results.find((r) => r.status === 'rejected')?.reason as unknown };
    },
    onSuccess: ({ done, failure }) => {
      if (done > 0) notifyDone(`${count(done, 'lead')} enriched.`);
      if (failure !== undefined) notifyFailed(failure);
      void queryClient.invalidateQueries({ queryKey: keys.leads });
    },
  });
}
