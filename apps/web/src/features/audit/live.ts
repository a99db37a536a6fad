import { keys } from '../../data/keys.js';
import type { LiveUpdates } from '../../data/live-updates.js';

export const auditLive: LiveUpdates = {
  'security.alert': (_alert, cache) => cache.readAgain(keys.audit, 500),
};
