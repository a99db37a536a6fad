/**
 * The story of a run, for people who operate it. Adapters turn it into log lines and metrics. Messages are fixed; the
 * rest is in fields. Personal data only under `pii`.
 */
export interface Journal {
  note(entry: JournalEntry): void;
}

export interface JournalEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly event: JournalEvent;
  readonly sessionId?: string;
  readonly callId?: string;
  readonly agentId?: string;
  readonly eventId?: string;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
  /** Rows that were not as they should be, and are again. */
  readonly repaired?: { readonly kind: RepairKind; readonly count: number };
  readonly pii?: Readonly<Record<string, string>>;
}

/**
 * What was wrong with a row.
 *
 * call_past_deadline        its events were lost; the provider was asked, or could not be for too long
 * placing_unknown           the answer to placing it was lost, or its process died; it was found, or closed
 * call_closed_too_early     the provider took or showed it after it was closed as never placed; it was hung up
 * call_unwanted             its session was not RUNNING any more, and it was not cancelled
 * session_agent_absent        no screen of its agent was there for as long as is allowed: paused
 * session_stuck             RUNNING, with nothing that would have woken it
 * item_claimed_without_call released to its queue
 * crm_overdue               due at the CRM, and not synced (a dead worker, a lost hint)
 * crm_never_due             to be brought to the CRM, without a time
 * event_overdue             a provider's event that waited, and was not applied
 * event_never_due           the same, without a time
 * import_overdue            an import whose worker is stale
 */
export type RepairKind =
  | 'call_past_deadline'
  | 'placing_unknown'
  | 'call_closed_too_early'
  | 'call_unwanted'
  | 'session_agent_absent'
  | 'session_stuck'
  | 'item_claimed_without_call'
  | 'crm_overdue'
  | 'crm_never_due'
  | 'event_overdue'
  | 'event_never_due'
  | 'import_overdue';

export type JournalEvent =
  | 'session started'
  | 'session changed status'
  | 'round won'
  | 'call placed'
  | 'call refused by provider'
  | 'placing answer lost'
  | 'call completed'
  | 'call repaired'
  | 'session repaired'
  | 'queue item repaired'
  | 'due time repaired'
  | 'overdue work found'
  | 'call could not be looked up'
  | 'hang-up failed'
  | 'agent not available'
  | 'provider outage'
  | 'manual call by agent'
  | 'call closed too early'
  | 'provider time not possible'
  | 'provider event ignored'
  | 'provider event failed'
  | 'provider event stored after all'
  | 'crm synced'
  | 'crm sync failed';
