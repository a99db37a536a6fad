export type { CrmFaults } from './faults.js';
export { manifest } from './manifest.js';
export { createMockCrm, type MockCrm, type MockCrmOptions } from './mock-crm.js';
export { BadCursor, type Page, type PageRequest } from './page.js';
export { createMockCrmPeople } from './people.js';
export type { MockActivity, MockContact, MockCrmReadings } from './readings.js';
export type { MockCrmTables } from './tables.js';
