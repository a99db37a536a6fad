import type { LiveMessage } from '@outdial/client';
import type { LiveHello, SecurityAlert } from '@outdial/protocol';
import type { QueryClient } from '@tanstack/react-query';
import type { LiveCache, LiveUpdates } from '../data/live-updates.js';
import type { ServerClock } from '../data/server-clock.js';
import { auditLive } from '../features/audit/live.js';
import { dialerLive } from '../features/dialer/live.js';
import { historyLive } from '../features/history/live.js';
import { importLive } from '../features/import/live.js';
import { leadsLive } from '../features/leads/live.js';
import { queuesLive } from '../features/queues/live.js';
import { settingsLive } from '../features/settings/live.js';
import { statisticsLive } from '../features/statistics/live.js';
import { teamLive } from '../features/team/live.js';

const FEATURES: readonly LiveUpdates[] = [
  dialerLive,
  teamLive,
  queuesLive,
  historyLive,
  statisticsLive,
  leadsLive,
  importLive,
  settingsLive,
  auditLive,
];

/**
 * Brings live events to the query cache, by what each feature says in its `live.ts`. What an event carries whole is written into the
 * cache as it is; what it only hints at (a list whose filters we do not evaluate here, sums, what is next) is read again, at most once
 * per while, and only if it is on the screen.
 */
export function createLiveBridge(
  queryClient: QueryClient,
  clock: ServerClock,
  onAlert: (alert: SecurityAlert) => void = () => {},
) {
  const { cache, close } = createLiveCache(queryClient);
  return {
    onEvent(message: LiveMessage): void {
      // What was missed says when it happened, not what the clock shows now.
      if (!message.missed) clock.observe(message.at);
      for (const updates of FEATURES) {
        const update = updates[message.name] as
          | ((data: LiveMessage['data'], cache: LiveCache) => void)
          | undefined;
        update?.(message.data, cache);
      }
      // An alert of hours ago is in the audit log and needs no alarm.
      if (message.name === 'security.alert' && !message.missed) onAlert(message.data);
    },
    onHello(hello: LiveHello): void {
      if (!hello.resumed) void queryClient.invalidateQueries();
      // What could not be read while the server was away is read without a click on "Try again".
      else
        void queryClient.refetchQueries({ predicate: (query) => query.state.status === 'error' });
    },
    close,
  };
}

export type LiveBridge = ReturnType<typeof createLiveBridge>;

function createLiveCache(queryClient: QueryClient): { cache: LiveCache; close: () => void } {
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();

  const readAgain: LiveCache['readAgain'] = (queryKey, withinMs) => {
    const id = JSON.stringify(queryKey);
    if (waiting.has(id)) return;
    waiting.set(
      id,
      setTimeout(() => {
        waiting.delete(id);
        void queryClient.invalidateQueries({ queryKey });
      }, withinMs),
    );
  };

  const cache: LiveCache = {
    read: (queryKey) => queryClient.getQueryData(queryKey),
    keysUnder: (queryKey) => queryClient.getQueriesData({ queryKey }).map(([exact]) => exact),
    readAgain,
    write<T>(queryKey: readonly unknown[], change: (old: T) => T) {
      // The older answer that is on its way would overwrite this, so it is read once more after it.
      if (queryClient.isFetching({ queryKey, exact: true }) > 0) readAgain(queryKey, 300);
      queryClient.setQueryData<T>(queryKey, (old) => (old === undefined ? undefined : change(old)));
    },
  };
  const close = () => {
    for (const timer of waiting.values()) clearTimeout(timer);
    waiting.clear();
  };
  return { cache, close };
}
