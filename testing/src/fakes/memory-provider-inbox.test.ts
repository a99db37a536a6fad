import { describe } from 'vitest';
import { providerInboxContract } from '../contracts/provider-inbox.js';
import { openMemoryStoreWorld } from './memory-store-world.js';

describe('in memory:', () => {
  providerInboxContract(async () => openMemoryStoreWorld());
});
