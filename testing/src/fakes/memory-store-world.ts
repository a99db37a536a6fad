import type { QueueItem } from '@outdial/core';
import type { StoreWorld } from '../contracts/store-world.js';
import { createMemoryCrmSyncStore } from './memory-crm-sync-store.js';
import { createMemoryDialerStore } from './memory-dialer-store.js';
import { createMemoryPresenceStore } from './memory-presence-store.js';
import { createMemoryProviderInbox } from './memory-provider-inbox.js';
import { createMemoryReconciliationStore } from './memory-reconciliation-store.js';
import { MemoryState } from './memory-state.js';

/** The memory stores as the contract suites want them. */
export function openMemoryStoreWorld(): StoreWorld {
  const state = new MemoryState();
  return {
    store: createMemoryDialerStore(state),
    otherNode: createMemoryDialerStore(state),
    inbox: createMemoryProviderInbox(state),
    reconciliation: createMemoryReconciliationStore(state),
    presence: createMemoryPresenceStore(state),
    crm: createMemoryCrmSyncStore(state),
    async add(seed) {
      for (const agent of seed.agents ?? []) state.putAgent(agent);
      for (const lead of seed.leads ?? []) state.putLead(lead);
      for (const queue of seed.queues ?? []) state.putQueue(queue);
      for (const item of seed.items ?? []) state.putItem(item);
      for (const [leadId, phones] of Object.entries(seed.furtherPhones ?? {})) {
        state.putFurtherPhones(leadId, phones);
      }
      for (const suppression of seed.suppressions ?? []) state.suppressUnseen(suppression);
    },
    removeItem: async (itemId) => state.removeItem(itemId),
    async setPhone(leadId, phone) {
      const lead = state.leads.get(leadId);
      if (lead === undefined) throw new Error(`There is no lead ${leadId}.`);
      state.putLead({ ...lead, phone });
      state.settle({ leadIds: [leadId] });
    },
    removeLead: async (leadId) => state.removeLead(leadId),
    async setPriority(itemId, priority) {
      const item = state.items.get(itemId);
      if (item !== undefined) state.putItem({ ...item, priority });
    },
    async item(itemId) {
      const item = state.items.get(itemId);
      if (item === undefined) return null;
      const { phone: _, score: __, position: ___, ...rest } = item;
      return rest satisfies QueueItem;
    },
    lead: async (leadId) => state.leads.get(leadId) ?? null,
    suppression: async (phone) => state.suppressions.get(phone) ?? null,
    close: async () => undefined,
  };
}
