import type { Call, HistoryList } from '@outdial/protocol';
import type { InfiniteData } from '@tanstack/react-query';
import { keys } from '../../data/keys.js';
import type { LiveUpdates } from '../../data/live-updates.js';

export const historyLive: LiveUpdates = {
  'call.updated': (call, cache) => {
    cache.write<Call>(keys.call(call.id), () => call);
    if (call.state !== 'COMPLETED') return;
    for (const queryKey of cache.keysUnder(keys.history)) {
      const data = cache.read<InfiniteData<HistoryList>>(queryKey);
      if (!data?.pages.some((page) => page.calls.some((c) => c.id === call.id))) continue;
      cache.write<InfiniteData<HistoryList>>(queryKey, (old) => ({
        ...old,
        pages: old.pages.map((page) => ({
          ...page,
          calls: page.calls.map((c) => (c.id === call.id ? call : c)),
        })),
      }));
    }
    cache.readAgain(keys.history, 2_000);
  },
};
