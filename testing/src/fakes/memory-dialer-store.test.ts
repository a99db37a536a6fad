import { describe } from 'vitest';
import { contactRulesContract } from '../contracts/contact-rules/contact-rules-contract.js';
import { dialerStoreContract } from '../contracts/dialer-store/dialer-store-contract.js';
import { openMemoryStoreWorld } from './memory-store-world.js';

describe('in memory:', () => {
  dialerStoreContract(async () => openMemoryStoreWorld());
  contactRulesContract(async () => openMemoryStoreWorld());
});
