import type { StoreWorld } from '../store-world.js';
import { callsContract } from './calls.js';
import { claimsContract } from './claims.js';
import { eventsContract } from './events.js';
import { findingContract } from './finding.js';
import { OpenedStores } from './opened-stores.js';
import { placingContract } from './placing.js';
import { queueItemsContract } from './queue-items.js';
import { sessionsContract } from './sessions.js';

/** What every store of sessions, calls and queue items promises. `openWorld` is called once, and closed at the end. */
export function dialerStoreContract(openWorld: () => Promise<StoreWorld>): void {
  const stores = new OpenedStores(openWorld);
  sessionsContract(stores);
  callsContract(stores);
  queueItemsContract(stores);
  claimsContract(stores);
  placingContract(stores);
  eventsContract(stores);
  findingContract(stores);
}
