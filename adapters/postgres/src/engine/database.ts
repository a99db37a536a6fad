import type {
  AfterConnect,
  Agent,
  AgentPresence,
  AnsweredBy,
  CallState,
  CancelReason,
  CrmSync,
  DispositionEffect,
  NewSuppression,
  Outcome,
  Placement,
  ProviderEvent,
  QueueItemState,
  SessionPhase,
  SessionReason,
  SessionStatus,
} from '@outdial/core';
import type { ColumnType, Generated } from 'kysely';
import type { StoredOverrides, StoredSettings } from '../dialing/map-settings.js';

/**
 * A jsonb column: read as the value, written as JSON text (`JSON.stringify`), because `pg` would take a JavaScript array
 * for a PostgreSQL array.
 */
export type Json<T> = ColumnType<T, string, string>;
/** A jsonb column with a default. */
type JsonWithDefault<T> = ColumnType<T, string | undefined, string>;

/** Every table of the schema; column names as in SQL. Times are `Date`, `date` columns 'YYYY-MM-DD', counts numbers. */
/** A disposition's own retry rule, as it is kept. */
export interface StoredDispositionRetry {
  readonly delay_seconds: number;
  readonly tries: number | null;
}

export interface Database {
  agents: AgentsTable;
  agent_screens: AgentScreensTable;
  leads: LeadsTable;
  connections: ConnectionsTable;
  queues: QueuesTable;
  sessions: SessionsTable;
  queue_items: QueueItemsTable;
  suppressions: SuppressionsTable;
  lead_phones: LeadPhonesTable;
  contact_stops: ContactStopsTable;
  outside_calls: OutsideCallsTable;
  suppression_shares: SuppressionSharesTable;
  calls: CallsTable;
  provider_events: ProviderEventsTable;
  campaign_handovers: CampaignHandoversTable;
  campaign_numbers: CampaignNumbersTable;
  imports: ImportsTable;
  import_row_errors: ImportRowErrorsTable;
  import_chunks: ImportChunksTable;
  import_lines: ImportLinesTable;
  settings_versions: SettingsVersionsTable;
  disposition_sets: DispositionSetsTable;
  daily_reports: DailyReportsTable;
  call_counts: CallCountsTable;
  agent_call_counts: AgentCallCountsTable;
  call_count_changes: CallCountChangesTable;
  practice_call_counts: CallCountsTable;
  practice_agent_call_counts: AgentCallCountsTable;
  scheduled_work: ScheduledWorkTable;
  installation: InstallationTable;
  mock_crm_contacts: MockCrmContactsTable;
  mock_crm_activities: MockCrmActivitiesTable;
  mock_crm_faults: MockCrmFaultsTable;
  schema_migrations: SchemaMigrationsTable;
  users: UsersTable;
  recovery_codes: RecoveryCodesTable;
  sign_ins: SignInsTable;
  refresh_tokens: RefreshTokensTable;
  sign_in_failures: SignInFailuresTable;
  known_places: KnownPlacesTable;
  api_keys: ApiKeysTable;
  secrets: SecretsTable;
  audit_log: AuditLogTable;
  audit_head: AuditHeadTable;
  queue_agents: QueueAgentsTable;
}

export interface UsersTable {
  id: string;
  email: string;
  name: string;
  role: 'agent' | 'supervisor' | 'admin';
  agent_id: string | null;
  password_hash: string;
  must_change_password: Generated<boolean>;
  totp_secret: string | null;
  totp_since: Date | null;
  totp_last_step: number | null;
  created_at: Date;
  last_signed_in_at: Date | null;
  disabled_at: Date | null;
}

export interface RecoveryCodesTable {
  user_id: string;
  code_hash: Uint8Array;
  used_at: Date | null;
}

export interface SignInsTable {
  id: string;
  user_id: string;
  started_at: Date;
  last_used_at: Date;
  address: string;
  user_agent: string | null;
  ended_at: Date | null;
  ended_because:
    | 'signed_out'
    | 'signed_out_everywhere'
    | 'token_used_twice'
    | 'password_changed'
    | 'user_changed'
    | 'expired'
    | null;
}

export interface RefreshTokensTable {
  token_hash: Uint8Array;
  sign_in_id: string;
  issued_at: Date;
  expires_at: Date;
  used_at: Date | null;
}

export interface SignInFailuresTable {
  subject: string;
  failures: number;
  last_failed_at: Date;
  locked_until: Date | null;
}

export interface KnownPlacesTable {
  user_id: string;
  place: string;
  last_at: Date;
}

export interface ApiKeysTable {
  id: string;
  name: string;
  prefix: string;
  key_hash: Uint8Array;
  permissions: string[];
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

export interface SecretsTable {
  name: string;
  sealed: string;
  key_id: string;
  updated_at: Date;
  updated_by: string | null;
}

export interface AuditLogTable {
  seq: number;
  at: Date;
  actor_kind: 'user' | 'api_key' | 'anonymous' | 'nobody' | 'system';
  actor_id: string | null;
  actor_name: string;
  action: string;
  target_kind: string | null;
  target_id: string | null;
  address: string | null;
  request_id: string | null;
  details: Json<Record<string, unknown>>;
  prev_hash: Uint8Array;
  hash: Uint8Array;
}

export interface AuditHeadTable {
  id: number;
  seq: number;
  hash: Uint8Array;
  seal: Uint8Array;
}

export interface QueueAgentsTable {
  queue_id: string;
  agent_id: string;
}

export interface AgentsTable {
  id: string;
  name: string;
  email: string;
  presence: Generated<AgentPresence>;
  presence_since: Date;
  identities: JsonWithDefault<Agent['identities']>;
  connection_id: string | null;
  created_at: Date;
}

export interface AgentScreensTable {
  agent_id: string;
  node_id: string;
  seen_at: Date;
  left_at: Date | null;
}

export interface LeadsTable {
  id: string;
  name: string;
  job_title: string | null;
  phone: string;
  company: string | null;
  email: string | null;
  headcount: string | null;
  industry: string | null;
  time_zone: string | null;
  score: Generated<number>;
  enrichment: ColumnType<StoredEnrichment | null, string | null | undefined, string | null>;
  crm_external_id: string | null;
  created_at: Date;
  updated_at: Date;
  /** HMAC-SHA-256; null: not filled in yet. */
  phone_hash: Uint8Array | null;
  email_hash: Uint8Array | null;
  /** When the person was erased; the row stays for what counts it. */
  erased_at: Date | null;
}

export interface StoredEnrichment {
  readonly provider: string;
  /** ISO 8601. */
  readonly enriched_at: string;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

export interface QueuesTable {
  id: string;
  name: string;
  ad_hoc: Generated<boolean>;
  settings: JsonWithDefault<StoredOverrides>;
  created_at: Date;
  restricted: Generated<boolean>;
  archived_at: Date | null;
  connection_id: string | null;
}

export interface ConnectionsTable {
  id: string;
  integration: string;
  label: string;
  settings: JsonWithDefault<Readonly<Record<string, unknown>>>;
  enabled: Generated<boolean>;
  version: Generated<number>;
  created_at: Date;
  updated_at: Date;
  removed_at: Date | null;
  checked_at: Date | null;
  check_problem: string | null;
  problem_since: Date | null;
  practice: Generated<boolean>;
}

export interface SessionsTable {
  id: string;
  agent_id: string;
  queue_id: string;
  provider: string;
  lines: number;
  after_connect: AfterConnect;
  status: SessionStatus;
  reason: SessionReason | null;
  actor_id: string | null;
  actor_name: string | null;
  phase: SessionPhase;
  phase_since: Date;
  round: number;
  winner_call_id: string | null;
  wrap_up_until: Date | null;
  next_round_at: Date | null;
  trouble: ColumnType<StoredOutage | null, string | null | undefined, string | null>;
  dry_since: Date | null;
  wake_at: Date | null;
  /** Written no more: see `agent_screens`. */
  agent_seen_at: Date | null;
  attempted: Generated<number>;
  connected: Generated<number>;
  failed: Generated<number>;
  canceled: Generated<number>;
  settings: Json<StoredSettings>;
  started_at: Date;
  stopped_at: Date | null;
  version: Generated<number>;
}

export interface StoredOutage {
  readonly since: string;
  readonly failures: number;
  readonly message: string;
  readonly retry_at: string;
}

export interface QueueItemsTable {
  id: string;
  queue_id: string;
  lead_id: string;
  phone: string;
  state: QueueItemState;
  priority: Generated<number>;
  score: Generated<number>;
  due_at: Date;
  callback: Generated<boolean>;
  attempts: Generated<number>;
  attempts_by_outcome: JsonWithDefault<Partial<Record<Outcome, number>>>;
  last_outcome: Outcome | null;
  held_reason: string | null;
  claimed_by_session_id: string | null;
  created_at: Date;
  position: Generated<number>;
  ready: Generated<boolean>;
  /** The call of another queue whose disposition finished this place. */
  stopped_by_call_id: string | null;
}

export interface SuppressionsTable {
  phone: string;
  reason: string;
  source: NewSuppression['source'];
  created_at: Date;
  scope: Generated<'number' | 'person'>;
  call_id: string | null;
}

export interface LeadPhonesTable {
  lead_id: string;
  phone: string;
  label: string | null;
  position: number;
}

export interface ContactStopsTable {
  call_id: string;
  phone: string;
  lead_id: string;
  effect: 'ends_everywhere' | 'waits' | 'suppress_number' | 'suppress_person';
  disposition: string;
  until: Date | null;
  created_at: Date;
}

export interface SuppressionSharesTable {
  actor_id: string;
  since: Date;
  numbers: number;
}

export interface OutsideCallsTable {
  provider: string;
  provider_call_id: string;
  phone: string;
  dialed_at: Date;
  ended_at: Date | null;
}

export interface CallsTable {
  id: string;
  session_id: string;
  agent_id: string;
  queue_id: string;
  queue_item_id: string;
  lead_id: string;
  lead_name: Generated<string>;
  phone: string;
  round: number;
  attempt: number;
  provider: string;
  provider_call_id: string | null;
  state: CallState;
  placement: Placement | null;
  clearance: Json<StoredClearance>;
  queued_at: Date;
  place_at: Date | null;
  dialed_at: Date | null;
  ringing_at: Date | null;
  answered_at: Date | null;
  answered_by: AnsweredBy | null;
  ended_at: Date | null;
  deadline_at: Date | null;
  checks: Generated<number>;
  winner: Generated<boolean>;
  agent_left_at: Date | null;
  cancel_reason: CancelReason | null;
  cancel_requested_at: Date | null;
  hang_up_at: Date | null;
  hang_ups: Generated<number>;
  outcome: Outcome | null;
  reason: string | null;
  talk_seconds: Generated<number>;
  disposition: string | null;
  notes: string | null;
  callback_at: Date | null;
  /** When the agent saved the disposition; null: it is the outcome's. */
  verdict_at: Date | null;
  disposition_code: string | null;
  disposition_effect: DispositionEffect | null;
  disposition_retry: Json<StoredDispositionRetry> | null;
  note_draft: string | null;
  note_draft_at: Date | null;
  note_revision: Generated<number>;
  disposition_request_ids: Generated<string[]>;
  crm_state: CrmSync['state'] | null;
  crm_revision: Generated<number>;
  crm_attempts: Generated<number>;
  crm_due_at: Date | null;
  crm_error: string | null;
  crm_activity_id: string | null;
}

export interface StoredClearance {
  readonly decided_at: string;
  readonly rule: 'inside_window' | 'window_off';
  readonly zones: readonly string[];
  readonly until: string | null;
  /** Left out in calls from before there was a gap and a cap. */
  readonly contact?: {
    readonly gap_seconds: number;
    readonly calls_per_day: number;
    readonly calls_today: number;
    readonly last_ended_at: string | null;
    readonly zones: readonly string[];
    readonly promised: boolean;
  } | null;
}

export interface ProviderEventsTable {
  id: string;
  provider: string;
  dedupe_key: string;
  payload: Json<unknown>;
  received_at: Date;
  state: ProviderEvent['state'];
  attempts: Generated<number>;
  due_at: Date | null;
  note: string | null;
  call_id: string | null;
  call_key: string | null;
}

export interface CampaignHandoversTable {
  id: string;
  agent_id: string;
  queue_id: string;
  provider: string;
  created_at: Date;
  ended_at: Date | null;
}

export interface CampaignNumbersTable {
  handover_id: string;
  phone: string;
  lead_id: string;
  queue_item_id: string;
  lead_name: string;
  state: 'WAITING' | 'CALLED' | 'REMOVED' | 'REFUSED';
  reason: string | null;
}

export interface ImportsTable {
  id: string;
  file_name: string;
  state: 'PENDING' | 'RUNNING' | 'DONE' | 'FAILED';
  options: Json<unknown>;
  content: string | null;
  rows_total: Generated<number>;
  rows_done: Generated<number>;
  created_leads: Generated<number>;
  updated_leads: Generated<number>;
  skipped_rows: Generated<number>;
  failed_rows: Generated<number>;
  error: string | null;
  created_at: Date;
  due_at: Date | null;
  finished_at: Date | null;
  stuck_at: number | null;
  suppressed_rows: Generated<number>;
  incomplete_rows: Generated<number>;
  complete: Generated<boolean>;
  columns_key: string | null;
}

export interface ImportChunksTable {
  import_id: string;
  number: number;
  first_row: number;
  content: string;
}

export interface ImportLinesTable {
  import_id: string;
  line: number;
  position: number;
  fate: LineFate;
  code: string;
  field: string | null;
  reason: string;
  phones: Generated<string[]>;
  cells: string | null;
}

/** What became of a line of an imported file. */
export type LineFate = 'created' | 'updated' | 'skipped' | 'suppressed' | 'refused';

export interface ImportRowErrorsTable {
  import_id: string;
  line: number;
  field: string | null;
  reason: string;
}

export interface DispositionSetsTable {
  queue_id: string | null;
  version: number;
  dispositions: Json<unknown> | null;
  created_at: Date;
}

export interface SettingsVersionsTable {
  version: number;
  value: Json<unknown>;
  created_at: Date;
}

export interface DailyReportsTable {
  /** 'YYYY-MM-DD' */
  day: string;
  agent_id: string;
  queue_id: string;
  attempted: number;
  connected: number;
  failed: number;
  canceled: number;
  by_outcome: Json<Partial<Record<Outcome, number>>>;
  talk_seconds: number;
  created_at: Date;
}

export interface CallCountsTable {
  bucket: Date;
  queue_id: string;
  outcome: Outcome;
  disposition: string;
  calls: number;
  talk_seconds: number;
}

export interface AgentCallCountsTable {
  /** YYYY-MM-DD */
  day: string;
  agent_id: string;
  queue_id: string;
  outcome: Outcome;
  calls: number;
  talk_seconds: number;
}

/** What is not added up yet in the two above. */
export interface CallCountChangesTable {
  bucket: Date;
  agent_id: string;
  queue_id: string;
  outcome: Outcome;
  disposition: string;
  practice: Generated<boolean>;
  calls: number;
  talk_seconds: number;
}

export interface ScheduledWorkTable {
  name: string;
  due_at: Date;
  last_run: Date | null;
  last_note: string | null;
}

export interface InstallationTable {
  only_row: Generated<boolean>;
  id: Generated<string>;
  created_at: Generated<Date>;
}

export interface MockCrmContactsTable {
  external_id: string;
  source_lead_id: string;
  name: string;
  phone: string;
  email: string | null;
  company: string | null;
  job_title: string | null;
  created_at: Date;
  updated_at: Date;
}

export interface MockCrmFaultsTable {
  only_row: Generated<boolean>;
  down: boolean;
  fail_rate: number;
  lose_answer_rate: number;
}

export interface MockCrmActivitiesTable {
  id: string;
  source_activity_id: string;
  contact_external_id: string;
  outcome: string;
  disposition: string;
  notes: string;
  agent_name: string;
  started_at: Date;
  ended_at: Date;
  talk_seconds: number;
  created_at: Date;
  updated_at: Date;
}

/** Kept by `migrate`, not by a migration. */
export interface SchemaMigrationsTable {
  number: number;
  name: string;
  checksum: string;
  applied_at: Generated<Date>;
}
