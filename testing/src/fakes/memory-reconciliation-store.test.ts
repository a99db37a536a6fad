import { describe } from 'vitest';
import { reconciliationContract } from '../contracts/reconciliation/reconciliation-contract.js';
import { openMemoryStoreWorld } from './memory-store-world.js';

describe('in memory:', () => {
  reconciliationContract(async () => openMemoryStoreWorld());
});
