import type { CrmManifest } from '@outdial/kit';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { createMockCrm } from './mock-crm.js';
import { createMockCrmPeople } from './people.js';
import type { MockCrmTables } from './tables.js';

export const manifest: CrmManifest = {
  kind: 'crm',
  id: 'mock-crm',
  label: 'Mock CRM',
  summary: 'A CRM for demonstration and training, in the program’s own database.',
  credentials: [],
  settings: z.object({}),
  environment: {},
  open({ db, clock }) {
    // Its tables come with the migrations of the program's database.
    const crm = createMockCrm({ db: db as Kysely<MockCrmTables>, clock });
    return { crm, readings: crm, faults: crm, people: createMockCrmPeople() };
  },
};
