import { describe } from 'vitest';
import { providerInboxContract } from '../contracts/provider-inbox/provider-inbox-contract.js';
import { openMemoryStoreWorld } from './memory-store-world.js';

describe('in memory:', () => {
  providerInboxContract(async () => openMemoryStoreWorld());
});
