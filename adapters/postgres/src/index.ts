export { createCrmSyncStore, freeCrmLeases } from './crm-sync-store.js';
export {
  type AgentPatch,
  type AgentStore,
  type AgentView,
  type CreateAgentAnswer,
  createAgentStore,
  type PatchAgentAnswer,
} from './crud/agents.js';
export {
  type ApiKeyStore,
  type ApiKeyView,
  createApiKeyStore,
  type KnownApiKey,
  type NewApiKey,
} from './crud/api-keys.js';
export {
  type AuditChain,
  type AuditFields,
  type AuditFilter,
  type AuditHead,
  type AuditLogStore,
  type ChainedEntry,
  createAuditLogStore,
  type LostHead,
  type NewAuditEntry,
  NO_HASH,
  type SealedHead,
  type StoredAuditEntry,
} from './crud/audit-log.js';
export {
  type CampaignHandover,
  type CampaignStore,
  createCampaignStore,
  type HandedOverNumber,
} from './crud/campaigns.js';
export { createHeldItemStore, type HeldItemStore } from './crud/held-items.js';
export { createImportStepper } from './crud/import-step.js';
export {
  createImportStore,
  type ImportJob,
  type ImportRowError,
  type ImportStep,
  type ImportStore,
  type ImportView,
} from './crud/imports.js';
export type { LeadSort, LeadSorting } from './crud/lead-order.js';
export {
  type CreateLeadAnswer,
  createLeadStore,
  type LeadFields,
  type LeadFilter,
  type LeadPatch,
  type LeadStore,
  type PatchLeadAnswer,
  type UpsertOptions,
} from './crud/leads.js';
export {
  createPeopleStore,
  ERASED_NAME,
  type EraseAnswer,
  type ErasedPerson,
  type PeopleInCrm,
  type PeopleStore,
  type Person,
  type PersonData,
  type PersonKey,
  patternOf,
} from './crud/people.js';
export { fillPersonHashes, type PersonHashes } from './crud/person-hashes.js';
export {
  type AddedLead,
  type AddLeadsAnswer,
  type AddOptions,
  createQueueItemStore,
  type PatchQueueItemAnswer,
  type QueueItemFilter,
  type QueueItemPatch,
  type QueueItemStore,
  type QueueItemView,
} from './crud/queue-items.js';
export {
  type ArchiveQueueAnswer,
  type CreateQueueAnswer,
  createQueueStore,
  type PatchQueueAnswer,
  type Queue,
  type QueueAccess,
  type QueueCounts,
  type QueueStore,
  type QueueView,
  type SetQueueAccessAnswer,
} from './crud/queues.js';
export {
  createReportStore,
  type DailyReport,
  type ReportFilter,
  type ReportStore,
  type WriteDayAnswer,
} from './crud/reports.js';
export { type Cutoffs, createRetention, type Deleted, type Retention } from './crud/retention.js';
export {
  createScheduledWorkStore,
  type ScheduledWork,
  type ScheduledWorkStore,
} from './crud/scheduled-work.js';
export {
  createSecretStore,
  type ListedSecret,
  type NewSecret,
  type SecretStore,
  type StoredSecret,
} from './crud/secrets.js';
export {
  createSettingsStore,
  type PutSettingsAnswer,
  type SettingsStore,
  type SettingsVersion,
} from './crud/settings.js';
export {
  type Attempt,
  createSignInFailureStore,
  type Delays,
  type SignInFailureStore,
} from './crud/sign-in-failures.js';
export {
  createSignInStore,
  type NewRefreshToken,
  type NewSignIn,
  type OpenSignIn,
  type RotateAnswer,
  type SignedInUser,
  type SignInEnd,
  type SignInStore,
} from './crud/sign-ins.js';
export {
  createSuppressionStore,
  type Suppression,
  type SuppressionStore,
} from './crud/suppressions.js';
export { countGrownTables, tidyEmbedded } from './crud/tidy.js';
export type { UpsertedLead } from './crud/upsert-leads.js';
export {
  type CreateUserAnswer,
  createUserStore,
  type NewUser,
  type PatchUserAnswer,
  type UserPatch,
  type UserRole,
  type UserStore,
  type UserView,
  type UserWithSecrets,
} from './crud/users.js';
export { DataDirInUse, ownerOfDataDir } from './data-dir-lock.js';
export type { Database, Json } from './database.js';
export { createDialerStore } from './dialer-store.js';
export { dumpSchema } from './dump-schema.js';
export { GroupWriter } from './group-writer.js';
export { inTurn } from './in-turn.js';
export { inspectServer, type ServerInspection } from './inspect-server.js';
export {
  fromStoredOverrides,
  fromStoredSettings,
  toStoredOverrides,
  toStoredSettings,
} from './map-settings.js';
export {
  MigrationEdited,
  type MigrationReport,
  type MigrationState,
  migrate,
  readMigrationState,
} from './migrate.js';
export {
  type Company,
  countNodes,
  countWorkingNodes,
  DatabaseTaken,
  type NodePlace,
  readDatabaseTime,
  readInstallation,
  takePlace,
} from './node-place.js';
export { type DatabaseLocation, type OpenDatabase, openDatabase } from './open-database.js';
export { createPresenceStore } from './presence-store.js';
export { createProviderInbox } from './provider-inbox.js';
export { type CallView, type CallViews, createCallViews } from './read/calls.js';
export { createHistory, type History, type HistoryFilter } from './read/history.js';
export { createInboxViews, type Gauges, type InboxFilter, type InboxViews } from './read/inbox.js';
export type { LeadSummary } from './read/lead-summary.js';
export { BadCursor, type Page, type PageRequest } from './read/page.js';
export {
  createSessionViews,
  type SessionFilter,
  type SessionHeader,
  type SessionView,
  type SessionViews,
} from './read/sessions.js';
export {
  createStatistics,
  type Statistics,
  type Stats,
  type StatsRequest,
  type Totals,
  UnknownTimeZone,
} from './read/stats.js';
export { readStillKnown, type StillKnown } from './read/still-known.js';
export { createReconciliationStore } from './reconcile.js';
