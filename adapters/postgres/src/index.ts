export { createCrmSyncStore } from './crm-sync-store.js';
export { DataDirInUse } from './data-dir-lock.js';
export type { Database, Json } from './database.js';
export { createDialerStore } from './dialer-store.js';
export { dumpSchema } from './dump-schema.js';
export {
  fromStoredOverrides,
  fromStoredSettings,
  toStoredOverrides,
  toStoredSettings,
} from './map-settings.js';
export { MigrationEdited, type MigrationReport, migrate } from './migrate.js';
export { type DatabaseLocation, type OpenDatabase, openDatabase } from './open-database.js';
export { createProviderInbox } from './provider-inbox.js';
