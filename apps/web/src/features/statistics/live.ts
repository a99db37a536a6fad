import { keys } from '../../data/keys.js';
import type { LiveUpdates } from '../../data/live-updates.js';

export const statisticsLive: LiveUpdates = {
  'call.updated': (call, cache) => {
    if (call.state === 'COMPLETED') cache.readAgain(keys.stats, 3_000);
  },
};
