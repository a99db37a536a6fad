export {
  type AgentPatch,
  type AgentStore,
  type AgentView,
  type CreateAgentAnswer,
  createAgentStore,
  type PatchAgentAnswer,
} from './accounts/agents.js';
export {
  type ApiKeyStore,
  type ApiKeyView,
  createApiKeyStore,
  type KnownApiKey,
  type NewApiKey,
} from './accounts/api-keys.js';
export { createKnownPlaceStore, type KnownPlaceStore } from './accounts/known-places.js';
export {
  createLoginSessionStore,
  type LoginSessionEnd,
  type LoginSessionStore,
  type NewLoginSession,
  type NewRefreshToken,
  type OpenLoginSession,
  type RotateAnswer,
  type SignedInUser,
} from './accounts/login-sessions.js';
export {
  type Attempt,
  createSignInFailureStore,
  type Delays,
  type SignInFailureStore,
} from './accounts/sign-in-failures.js';
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
} from './accounts/users.js';
export { readValidPrincipals, type ValidPrincipals } from './accounts/valid-principals.js';
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
} from './audit/audit-log.js';
export { type CallView, type CallViews, createCallViews } from './dialing/call-views.js';
export { createCrmSyncStore, freeCrmLeases } from './dialing/crm-sync-store.js';
export { createDialerStore } from './dialing/dialer-store.js';
export {
  createInboxViews,
  type Gauges,
  type InboxFilter,
  type InboxViews,
} from './dialing/inbox-views.js';
export {
  fromStoredOverrides,
  fromStoredSettings,
  toStoredOverrides,
  toStoredSettings,
} from './dialing/map-settings.js';
export {
  createNoteDraftStore,
  type NoteDraftAnswer,
  type NoteDraftStore,
} from './dialing/note-drafts.js';
export { createPresenceStore } from './dialing/presence-store.js';
export { createProviderInbox } from './dialing/provider-inbox.js';
export { createReconciliationStore } from './dialing/reconciliation-store.js';
export {
  createSessionViews,
  type SessionFilter,
  type SessionHeader,
  type SessionView,
  type SessionViews,
} from './dialing/session-views.js';
export { BatchWriter } from './engine/batch-writer.js';
export { DataDirInUse, ownerOfDataDir } from './engine/data-dir-lock.js';
export type { Database, Json } from './engine/database.js';
export { dumpSchema } from './engine/dump-schema.js';
export { type FilledSearchIndex, fillSearchIndex } from './engine/fill-search-index.js';
export { inTransaction } from './engine/in-transaction.js';
export { inspectServer, type ServerInspection } from './engine/inspect-server.js';
export { addUpAndVacuum, countGrownTables, vacuumEmbedded } from './engine/maintenance.js';
export {
  MigrationEdited,
  type MigrationReport,
  type MigrationState,
  migrate,
  readMigrationState,
} from './engine/migrate.js';
export {
  countNodes,
  countWorkingNodes,
  DatabaseTaken,
  joinDatabase,
  type LockMode,
  type NodeMembership,
  readDatabaseTime,
  readInstallation,
} from './engine/node-membership.js';
export { type DatabaseLocation, type OpenDatabase, openDatabase } from './engine/open-database.js';
export { BadCursor, type Page, type PageRequest } from './engine/page.js';
export { findExposedFiles } from './engine/private-folder.js';
export { serialize } from './engine/serialize.js';
export {
  type AppliedStep,
  createImportStepper,
  type ImportBatch,
  type WrittenBatch,
  type WrittenLead,
} from './leads/import-step.js';
export {
  createImportStore,
  type ExportedLine,
  type ImportChunk,
  type ImportJob,
  type ImportLine,
  type ImportLineGroup,
  type ImportStep,
  type ImportStore,
  type ImportView,
  type LineFilter,
  type NewImportLine,
} from './leads/imports.js';
export type { LeadFields, UpsertOptions } from './leads/lead-fields.js';
export type { LeadSort, LeadSorting } from './leads/lead-order.js';
export { FURTHER_PHONES_AT_MOST, type LeadPhone } from './leads/lead-phones.js';
export type { LeadSummary } from './leads/lead-summary.js';
export {
  type CreateLeadAnswer,
  createLeadStore,
  type LeadFilter,
  type LeadPatch,
  type LeadStore,
  type PatchLeadAnswer,
} from './leads/leads.js';
export {
  createSuppressionStore,
  type Suppression,
  type SuppressionStore,
} from './leads/suppressions.js';
export type { HashedLead, UpsertedLead } from './leads/upsert-leads.js';
export {
  createDataSubjectStore,
  type DataSubjectStore,
  ERASED_NAME,
  type EraseAnswer,
  type ErasedPerson,
  type PeopleInCrm,
  type Person,
  type PersonData,
  type PersonKey,
  patternOf,
} from './privacy/data-subjects.js';
export { fillPersonHashes, type PersonHashes } from './privacy/person-hashes.js';
export {
  type Cutoffs,
  createRetention,
  type Deleted,
  type Retention,
} from './privacy/retention.js';
export {
  type CampaignCandidate,
  type CampaignReservation,
  type CampaignStore,
  createCampaignStore,
  type ReservedNumber,
} from './queues/campaigns.js';
export {
  createDeferredItemStore,
  type DeferredItemStore,
} from './queues/deferred-items.js';
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
} from './queues/queue-items.js';
export {
  type ArchiveQueueAnswer,
  type CallbacksOfArchived,
  type CreateQueueAnswer,
  createQueueStore,
  type PatchQueueAnswer,
  type Queue,
  type QueueAccess,
  type QueueCounts,
  type QueueStore,
  type QueueView,
  type SetQueueAccessAnswer,
} from './queues/queues.js';
export { addUpCounts } from './reporting/count-calls.js';
export { createHistory, type History, type HistoryFilter } from './reporting/history.js';
export {
  createReportStore,
  type DailyReport,
  type ReportFilter,
  type ReportStore,
  type WriteDayAnswer,
} from './reporting/reports.js';
export {
  createStatistics,
  type Statistics,
  type Stats,
  type StatsRequest,
  type Totals,
  UnknownTimeZone,
} from './reporting/statistics.js';
export {
  type Connection,
  type ConnectionStore,
  createConnectionStore,
  type PatchConnectionAnswer,
  type RemoveConnectionAnswer,
  secretsOf,
} from './settings/connections.js';
export {
  createDispositionSetStore,
  type DispositionSetStore,
  type DispositionsInForce,
} from './settings/disposition-sets.js';
export {
  createScheduledWorkStore,
  type ScheduledWork,
  type ScheduledWorkStore,
} from './settings/scheduled-work.js';
export {
  createSecretStore,
  type ListedSecret,
  type NewSecret,
  type SecretStore,
  type StoredSecret,
} from './settings/secrets.js';
export {
  createSettingsStore,
  type PutSettingsAnswer,
  type SettingsStore,
  type SettingsVersion,
} from './settings/settings.js';
export { createSnapshot, type Snapshot, type SnapshotViews } from './snapshot-views.js';
