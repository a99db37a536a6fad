import type {
  AgentStatus,
  AuditEntry,
  Call,
  CallState,
  Config,
  Outcome,
  QueueItem,
  Role,
  SecurityAlert,
  SessionHeader,
  Suppression,
} from '@outdial/protocol';

/**
 * How the wire's codes read on the screen. This folder is the catalogue: every word for a code is here, so that a code without
 * words does not compile, and a translation begins here.
 */
export const OUTCOME_WORDS: Record<Outcome, string> = {
  CONNECTED: 'Connected',
  NO_ANSWER: 'No answer',
  BUSY: 'Busy',
  VOICEMAIL: 'Voicemail',
  CANCELED_BY_DIALER: 'Canceled by dialer',
  ABANDONED: 'Abandoned',
  FAILED: 'Failed',
};

/** Colours carry state and nothing else: green is a person on the line, wherever it appears. */
export const OUTCOME_COLORS: Record<Outcome, string> = {
  CONNECTED: 'signal',
  NO_ANSWER: 'gray',
  BUSY: 'amber',
  VOICEMAIL: 'plum',
  CANCELED_BY_DIALER: 'ink',
  ABANDONED: 'rust',
  FAILED: 'rust',
};

export const CALL_STATE_WORDS: Record<(typeof CallState)['_zod']['output'], string> = {
  QUEUED: 'Queued',
  DIALING: 'Dialing',
  RINGING: 'Ringing',
  IN_PROGRESS: 'On the line',
  COMPLETED: 'Ended',
};

export const CRM_WORDS: Record<NonNullable<Call['crm_state']>, { word: string; color: string }> = {
  PENDING: { word: 'CRM pending', color: 'amber' },
  SYNCED: { word: 'CRM synced', color: 'signal' },
  FAILED: { word: 'CRM failed', color: 'rust' },
  NOT_LOGGED: { word: 'Not logged', color: 'gray' },
};

export const AGENT_WORDS: Record<
  (typeof AgentStatus)['_zod']['output'],
  { word: string; color: string }
> = {
  OFFLINE: { word: 'Offline', color: 'gray' },
  AVAILABLE: { word: 'Available', color: 'signal' },
  DIALING: { word: 'Dialing', color: 'amber' },
  ON_CALL: { word: 'On a call', color: 'signal' },
  WRAP_UP: { word: 'Wrap-up', color: 'plum' },
  PAUSED: { word: 'Paused', color: 'ink' },
  DO_NOT_DISTURB: { word: 'Do not disturb', color: 'rust' },
};

export const PHASE_WORDS: Record<SessionHeader['phase'], { word: string; color: string }> = {
  DIALING: { word: 'Dialing', color: 'amber' },
  ON_CALL: { word: 'On a call', color: 'signal' },
  WRAP_UP: { word: 'Wrap-up', color: 'plum' },
  DELAY: { word: 'Next round', color: 'ink' },
  WAITING: { word: 'Waiting', color: 'ink' },
  PAUSED: { word: 'Paused', color: 'ink' },
  STOPPED: { word: 'Stopped', color: 'gray' },
};

export const ITEM_STATE_WORDS: Record<QueueItem['state'], { word: string; color: string }> = {
  PENDING: { word: 'Pending', color: 'ink' },
  CLAIMED: { word: 'Being called', color: 'amber' },
  DONE: { word: 'Done', color: 'signal' },
  EXHAUSTED: { word: 'Exhausted', color: 'gray' },
  SUPPRESSED: { word: 'Do not call', color: 'rust' },
};

export const count = (n: number, one: string, many = `${one}s`) =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

export const ROLE_WORDS: Record<Role, string> = {
  agent: 'Agent',
  supervisor: 'Supervisor',
  admin: 'Admin',
};

export const ROLE_HINTS: Record<Role, string> = {
  agent: 'Their own calls, and the queues that they may work',
  supervisor: 'Everybody’s sessions, calls, queues, imports and figures',
  admin: 'Everything, users, settings and the audit log included',
};

export const ACTOR_KIND_WORDS: Record<AuditEntry['actor']['kind'], string> = {
  user: 'user',
  api_key: 'API key',
  anonymous: 'not signed in',
  system: 'Outdial itself',
};

export const SUPPRESSION_SOURCE_WORDS: Record<Suppression['source'], string> = {
  agent: 'An agent, after a call',
  person: 'By hand',
  import: 'An import',
};

export const CRM_PRESET_WORDS: Record<Config['crm_record_presets'][number]['code'], string> = {
  standard: 'Use the standard set',
  truthful: 'Use the truthful set',
};

export const ALERT_WORDS: Record<SecurityAlert['kind'], string> = {
  many_failed_sign_ins: 'Many failed sign-ins',
  refresh_token_used_twice: 'A sign-in may have been stolen',
  webhook_token_failures: 'Webhooks with a wrong token',
  large_export: 'A large export',
};
