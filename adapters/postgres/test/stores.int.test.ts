import { contactRulesContract } from '@outdial/testing/contracts/contact-rules';
import { crmSyncStoreContract } from '@outdial/testing/contracts/crm-sync-store';
import { dialerStoreContract } from '@outdial/testing/contracts/dialer-store';
import { providerInboxContract } from '@outdial/testing/contracts/provider-inbox';
import { reconciliationContract } from '@outdial/testing/contracts/reconciliation';
import { afterAll, beforeAll, describe } from 'vitest';
import { embedded, type MigratedDatabase, onServer } from './migrated-database.js';
import { storeWorldOn } from './store-world.js';

describe.each([
  { where: 'on a PostgreSQL server', open: onServer },
  { where: 'on the embedded PostgreSQL', open: embedded },
])('$where:', ({ open }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database?.close());
  const openWorld = async () => storeWorldOn(database.opened.db);

  dialerStoreContract(openWorld);
  contactRulesContract(openWorld);
  providerInboxContract(openWorld);
  crmSyncStoreContract(openWorld);
  reconciliationContract(openWorld);
});
