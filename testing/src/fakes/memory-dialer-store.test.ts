import { describe } from 'vitest';
import { dialerStoreContract } from '../contracts/dialer-store.js';
import { openMemoryStoreWorld } from './memory-store-world.js';

describe('in memory:', () => {
  dialerStoreContract(async () => openMemoryStoreWorld());
});
