import { useQuery } from '@tanstack/react-query';
import { useClient } from './client-context.js';
import { keys } from './keys.js';

/** Supervisors change them a few times a year; a page that stays open for a shift must notice. */
const STALE_AFTER_MS = 60_000;

/** What an agent can say of a call of this queue; null: of any queue, as far as queues have no dispositions of their own. */
export function useDispositions(queueId: string | null = null) {
  const client = useClient();
  return useQuery({
    queryKey: [...keys.dispositions, queueId],
    queryFn: ({ signal }) =>
      client.dispositions.list(queueId === null ? {} : { queue_id: queueId }, signal),
    staleTime: STALE_AFTER_MS,
    refetchInterval: STALE_AFTER_MS,
  });
}
