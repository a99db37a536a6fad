import { describe } from 'vitest';
import { contactRulesContract } from '../contracts/contact-rules.js';
import { dialerStoreContract } from '../contracts/dialer-store.js';
import { openMemoryStoreWorld } from './memory-store-world.js';

describe('in memory:', () => {
  dialerStoreContract(async () => openMemoryStoreWorld());
  contactRulesContract(async () => openMemoryStoreWorld());
});
