import {
  type Agent,
  type ApiKey,
  type AuditEntry,
  type Call,
  type Config,
  type Connection,
  type ConnectionCredential,
  type ConnectionDetails,
  type DialerStatus,
  type Integration,
  type Lead,
  type LeadSummary,
  type Outcome,
  type Permission,
  type Queue,
  type QueueItem,
  ROLE_PERMISSIONS,
  type Session,
  type SignedIn,
  type User,
} from '@outdial/protocol';

/** Small worlds for tests: everything is complete and plausible; a test names only what it is about. */

export const NOW = '2026-11-20T15:30:00.000Z';
/** So many seconds before (or, negative, after) `NOW`. */
export const ago = (seconds: number) => new Date(Date.parse(NOW) - seconds * 1000).toISOString();

/** Ids grow with their number, as the server's do with time. */
export const id = (n: number) => `01a1f000-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const ADA: Agent = {
  id: id(1),
  name: 'Ada Moreau',
  email: 'ada@outdial.example',
  status: 'AVAILABLE',
  status_since: ago(60),
  session_id: null,
  identities: [],
  connection_id: null,
};

export const aLead = (n: number, rest: Partial<Lead> = {}): Lead => ({
  id: id(100 + n),
  name: `Lead ${n}`,
  job_title: 'CTO',
  phone_number: `+1202555${String(100 + n).padStart(4, '0')}`,
  further_phone_numbers: [],
  company: 'Northwind',
  email: null,
  headcount: '51-200',
  industry: 'Software',
  time_zone: null,
  score: 0,
  enrichment: null,
  crm_external_id: null,
  created_at: ago(3600),
  updated_at: ago(3600),
  ...rest,
});

export const summaryOf = (lead: Lead): LeadSummary => ({
  id: lead.id,
  name: lead.name,
  job_title: lead.job_title,
  phone_number: lead.phone_number,
  company: lead.company,
  email: lead.email,
  headcount: lead.headcount,
  industry: lead.industry,
  crm_external_id: lead.crm_external_id,
});

export const aQueue = (n: number, rest: Partial<Queue> = {}): Queue => ({
  id: id(200 + n),
  name: `Queue ${n}`,
  restricted: false,
  settings: {},
  connection_id: null,
  counts: {
    total: 10,
    callable: 6,
    pending: 8,
    claimed: 0,
    done: 1,
    exhausted: 1,
    suppressed: 0,
  },
  next_due_at: null,
  created_at: ago(7200),
  archived_at: null,
  ...rest,
});

export const anItem = (n: number, rest: Partial<QueueItem> = {}): QueueItem => {
  const lead = aLead(n);
  return {
    id: id(300 + n),
    queue_id: id(201),
    lead_id: lead.id,
    lead: summaryOf(lead),
    state: 'PENDING',
    priority: 0,
    due_at: ago(60),
    callback: false,
    attempts: 0,
    last_outcome: null,
    held_reason: null,
    created_at: ago(3600),
    ...rest,
  };
};

export const aCall = (n: number, rest: Partial<Call> = {}): Call => {
  const lead = aLead(n);
  return {
    id: id(400 + n),
    session_id: id(500),
    agent_id: ADA.id,
    agent_name: ADA.name,
    queue_id: id(201),
    queue_name: 'Queue 1',
    lead_id: lead.id,
    lead: summaryOf(lead),
    phone_number: lead.phone_number,
    state: 'RINGING',
    outcome: null,
    disposition: null,
    disposition_code: null,
    disposition_effect: null,
    notes: null,
    agent_note: { text: null, revision: 0, is_draft: false },
    reason: null,
    round: 1,
    attempt: 1,
    winner: false,
    connection_id: 'simulator',
    provider_call_id: `sim-${n}`,
    placement: 'ACCEPTED',
    cancel_reason: null,
    queued_at: ago(20 - n),
    dialed_at: ago(20 - n),
    ringing_at: ago(18 - n),
    answered_at: null,
    agent_left_at: null,
    answered_by: null,
    ended_at: null,
    talk_seconds: 0,
    compliance: { rule: 'window_off', decided_at: ago(20 - n), zones: [], until: null },
    crm_state: null,
    crm_activity_id: null,
    crm_error: null,
    ...rest,
  };
};

const DISPOSITION_OF: Record<Outcome, string> = {
  CONNECTED: 'Connected - Conversation',
  NO_ANSWER: 'No Answer',
  BUSY: 'Busy',
  VOICEMAIL: 'Left Voicemail',
  CANCELED_BY_DIALER: 'Canceled by Dialer',
  ABANDONED: 'Abandoned',
  FAILED: 'Failed',
};

export const anEndedCall = (n: number, outcome: Outcome, rest: Partial<Call> = {}): Call =>
  aCall(n, {
    state: 'COMPLETED',
    outcome,
    disposition: DISPOSITION_OF[outcome],
    ended_at: ago(5),
    crm_state: 'SYNCED',
    crm_activity_id: 'MOCK-0B61D9EE',
    ...(outcome === 'CONNECTED'
      ? { winner: true, answered_at: ago(15), answered_by: 'PERSON' as const, talk_seconds: 10 }
      : {}),
    ...rest,
  });

export const aConversation = (n: number, rest: Partial<Call> = {}): Call =>
  aCall(n, {
    state: 'IN_PROGRESS',
    winner: true,
    answered_at: ago(10),
    answered_by: 'PERSON',
    ...rest,
  });

export const aSession = (rest: Partial<Session> = {}): Session => ({
  id: id(500),
  agent_id: ADA.id,
  agent_name: ADA.name,
  queue_id: id(201),
  queue_name: 'Queue 1',
  ad_hoc: false,
  connection_id: 'simulator',
  status: 'RUNNING',
  phase: 'DIALING',
  phase_since: ago(20),
  reason: null,
  message: null,
  actor: null,
  lines: 2,
  concurrency: 2,
  after_connect: 'continue',
  round: 1,
  winner_call_id: null,
  active_call_ids: [],
  wrap_up_until: null,
  next_round_at: null,
  outage: null,
  metrics: { attempted: 0, connected: 0, failed: 0, canceled: 0 },
  started_at: ago(60),
  stopped_at: null,
  lead_queue: [],
  calls: [],
  ...rest,
});

/** The simulator: always there, no phone rings. */
export const PRACTICE: Connection = {
  id: 'simulator',
  label: 'Practice',
  integration: 'simulator',
  integration_label: 'Practice',
  is_practice: true,
  is_default: false,
  from_environment: true,
  enabled: true,
  state: 'ok',
  problem: null,
  problem_since: null,
  checked_at: null,
  capabilities: {
    max_lines_per_agent: 10,
    can_hang_up: true,
    detects_machines: true,
    reports_availability: false,
    presence_by: 'screen',
    reaches_real_phones: false,
  },
  has_campaigns: false,
  version: 1,
};

/** One line per agent, and only the agent hangs up. */
export const ONE_LINE: Connection = {
  ...PRACTICE,
  id: 'aircall',
  label: 'Aircall',
  integration: 'aircall',
  integration_label: 'Aircall',
  is_practice: false,
  from_environment: false,
  checked_at: ago(60),
  capabilities: {
    max_lines_per_agent: 1,
    can_hang_up: false,
    detects_machines: false,
    reports_availability: true,
    presence_by: 'provider',
    reaches_real_phones: true,
  },
  has_campaigns: true,
};

export const aStatus = (rest: Partial<DialerStatus> = {}): DialerStatus => ({
  agent: ADA,
  session: null,
  up_next: [],
  connection: PRACTICE,
  ...rest,
});

const record = (disposition: string, logged = true) => ({
  disposition,
  note: `${disposition}.`,
  logged,
});
const RECORDS = {
  CONNECTED: record('Connected - Conversation'),
  NO_ANSWER: record('No Answer'),
  BUSY: record('Busy'),
  VOICEMAIL: record('Left Voicemail'),
  CANCELED_BY_DIALER: record('Canceled by Dialer'),
  ABANDONED: record('Abandoned'),
  FAILED: record('Failed'),
};

export const CONFIG: Config = {
  version: 3,
  updated_at: ago(86_400),
  settings: {
    dialing: {
      delay_seconds: 2,
      wrap_up_seconds: 30,
      patience_seconds: 60,
      pause_when_away_seconds: 60,
      ring_seconds: 25,
      retry_rules: { BUSY: { delay_seconds: 900, tries: 3 } },
      calling_window: { start: '08:00', end: '21:00', enforce: null },
      contact_limits: { gap_seconds: 600, calls_per_day: 3, enforce: null },
      lines: 1,
      after_connect: 'continue',
    },
    imports: { default_country: 'US', allowed_countries: [] },
    crm: { records: RECORDS },
    retention: { provider_events_days: 30, imports_days: 90, history_days: null },
  },
  crm_record_presets: [
    { code: 'standard', records: RECORDS },
    {
      code: 'truthful',
      records: {
        ...RECORDS,
        VOICEMAIL: record('Reached voicemail'),
        CANCELED_BY_DIALER: record('Canceled by Dialer', false),
      },
    },
  ],
};

export const aUser = (rest: Partial<User> = {}): User => ({
  id: id(601),
  email: 'ada@outdial.example',
  name: 'Ada Moreau',
  role: 'admin',
  agent_id: ADA.id,
  has_second_factor: false,
  must_change_password: false,
  created_at: ago(86_400),
  disabled_at: null,
  last_signed_in_at: ago(3600),
  ...rest,
});

export const permissionsOf = (user: User): Permission[] => [...ROLE_PERMISSIONS[user.role]];

export const signedInAs = (user: User): SignedIn => ({
  access_token: `access-of-${user.id}`,
  expires_in: 600,
  user,
  permissions: permissionsOf(user),
});

export const anApiKey = (n: number, rest: Partial<ApiKey> = {}): ApiKey => ({
  id: id(620 + n),
  name: `Key ${n}`,
  prefix: `od_key${n}`,
  permissions: ['calls.any'],
  created_by: { id: id(601), name: 'Ada Moreau' },
  created_at: ago(3600),
  expires_at: null,
  last_used_at: null,
  revoked_at: null,
  ...rest,
});

export const anAuditEntry = (seq: number, rest: Partial<AuditEntry> = {}): AuditEntry => ({
  seq,
  at: ago(seq * 60),
  actor: { kind: 'user', id: id(601), name: 'Ada Moreau' },
  action: 'signed_in',
  target: null,
  address: '192.0.2.7',
  request_id: `req-${seq}`,
  details: {},
  hash: 'c0ffee'.repeat(10).slice(0, 64),
  ...rest,
});

export const aCredential = (rest: Partial<ConnectionCredential> = {}): ConnectionCredential => ({
  name: 'api_token',
  label: 'API token',
  description: 'Shown once when the key is made.',
  secret: true,
  set: false,
  source: null,
  environment_variable: 'AIRCALL_API_TOKEN',
  editable: true,
  updated_at: null,
  updated_by: null,
  problem: null,
  ...rest,
});

const SETTINGS_SCHEMA = {
  type: 'object',
  properties: {
    requests_per_minute: {
      type: 'integer',
      title: 'Requests per minute',
      minimum: 1,
      maximum: 1000,
      default: 60,
    },
  },
};

export const AN_INTEGRATION: Integration = {
  id: 'aircall',
  label: 'Aircall',
  summary: 'Agents talk in the Aircall app, one line each.',
  kind: 'carrier',
  capabilities: ONE_LINE.capabilities,
  credentials: [
    {
      name: 'api_token',
      label: 'API token',
      description: 'Shown once when the key is made.',
      secret: true,
    },
  ],
  settings_schema: SETTINGS_SCHEMA,
  can_be_added: true,
};

export const connectionDetails = (
  connection: Connection,
  rest: Partial<ConnectionDetails> = {},
): ConnectionDetails => ({
  ...connection,
  settings: { requests_per_minute: 60 },
  settings_from_environment: [],
  settings_schema: SETTINGS_SCHEMA,
  credentials: [aCredential()],
  webhook_url: null,
  ...rest,
});
