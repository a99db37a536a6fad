import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

export const DEAD_EVENTS = { state: 'DEAD' } as const;

/** What a provider told us and we could not use, however often it was tried. */
export function useDeadEvents() {
  const client = useClient();
  return usePages({
    queryKey: keys.providerEvents(DEAD_EVENTS),
    read: (cursor, signal) =>
      client.providerEvents.list({ ...DEAD_EVENTS, cursor, limit: 50 }, signal),
    rows: (page) => page.events,
  });
}
