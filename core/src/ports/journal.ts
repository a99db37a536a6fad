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
  readonly pii?: Readonly<Record<string, string>>;
}

export type JournalEvent =
  | 'session started'
  | 'session changed status'
  | 'round won'
  | 'call placed'
  | 'call refused by provider'
  | 'placing answer lost'
  | 'call completed'
  | 'call repaired'
  | 'call could not be looked up'
  | 'hang-up failed'
  | 'agent not available'
  | 'provider in trouble'
  | 'manual call by agent'
  | 'provider event ignored'
  | 'provider event failed'
  | 'crm synced'
  | 'crm sync failed';
