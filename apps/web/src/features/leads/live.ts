import { keys } from '../../data/keys.js';
import type { LiveUpdates } from '../../data/live-updates.js';

export const leadsLive: LiveUpdates = {
  'call.updated': (call, cache) => {
    if (call.state === 'COMPLETED') cache.readAgain(keys.lead(call.lead_id), 800);
  },
  'import.progress': (progress, cache) => {
    if (progress.state === 'DONE' || progress.state === 'FAILED') cache.readAgain(keys.leads, 300);
  },
};
