import { describe } from 'vitest';
import { crmSyncStoreContract } from '../contracts/crm-sync-store/crm-sync-store-contract.js';
import { openMemoryStoreWorld } from './memory-store-world.js';

describe('in memory:', () => {
  crmSyncStoreContract(async () => openMemoryStoreWorld());
});
