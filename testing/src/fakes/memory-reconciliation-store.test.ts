import { describe } from 'vitest';
import { reconciliationContract } from '../contracts/reconciliation.js';
import { openMemoryStoreWorld } from './memory-store-world.js';

describe('in memory:', () => {
  reconciliationContract(async () => openMemoryStoreWorld());
});
