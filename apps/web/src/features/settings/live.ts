import { keys } from '../../data/keys.js';
import type { LiveUpdates } from '../../data/live-updates.js';

export const settingsLive: LiveUpdates = {
  'call.updated': (call, cache) => {
    if (call.state === 'COMPLETED' && call.crm_state === 'SYNCED') {
      cache.readAgain(keys.crmContents, 2_000);
    }
  },
};
