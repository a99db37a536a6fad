export type {
  CampaignFailure,
  CampaignNumber,
  CampaignProgress,
  CampaignsAtCarrier,
  HandOver,
  Removal,
  TakenBack,
} from './campaigns.js';
export type {
  CarrierDeps,
  CarrierEvent,
  CarrierWatch,
  CarrierWebhook,
  IntegrationLog,
  OpenCarrier,
  VerifiedWebhook,
} from './carrier.js';
export type { CredentialField, CredentialsNow } from './credentials.js';
export type {
  CrmActivityView,
  CrmContactView,
  CrmFaultSwitch,
  CrmFaults,
  CrmPage,
  CrmPageRequest,
  CrmReadings,
} from './crm.js';
export type { EnvironmentVariable } from './environment.js';
export { about, type Finding, wordsOf } from './finding.js';
export { type ClockSkew, createClockSkew } from './http/clock-skew.js';
export { createExpiringMemory, type ExpiringMemory } from './http/expiring-memory.js';
export { wasNeverSent } from './http/never-sent.js';
export {
  createRateBudget,
  type RateBudget,
  RateLimitUsedUp,
  type RateLimitWords,
  type SharedCount,
} from './http/rate-budget.js';
export { wait } from './http/wait.js';
export {
  type CarrierManifest,
  type CheckDeps,
  type CrmDeps,
  type CrmManifest,
  type CrmPeople,
  carrierManifest,
  type EnrichmentManifest,
  type IntegrationManifest,
  type OpenCrm,
  type SettingsSchema,
} from './manifest.js';
export type { SharedMemory } from './shared-memory.js';
