/**
 * Everything a provider tells us, kept as it came. A webhook is answered only after `store` resolved (P7).
 *
 * PENDING    not looked at yet, or to be tried again at `dueAt`
 * PROCESSED  applied to a call
 * IGNORED    understood as nothing for us (unknown kinds, other people's calls); kept with the reason
 * DEAD       failed too often; a person can see and replay it
 */
export interface ProviderInbox {
  /** `duplicate` when an event with this provider and dedupe key is already there; nothing changes then. */
  store(event: NewProviderEvent): Promise<'stored' | 'duplicate'>;
  find(eventId: string): Promise<ProviderEvent | null>;
  settle(
    eventId: string,
    as: 'PROCESSED' | 'IGNORED',
    note: string | null,
    callId: string | null,
  ): Promise<void>;
  /** Counts the failure; `dueAt` null makes it DEAD. */
  failed(eventId: string, error: string, dueAt: Date | null): Promise<void>;
}

export interface NewProviderEvent {
  readonly id: string;
  readonly provider: string;
  readonly dedupeKey: string;
  readonly payload: unknown;
  readonly receivedAt: Date;
}

export interface ProviderEvent extends NewProviderEvent {
  readonly state: 'PENDING' | 'PROCESSED' | 'IGNORED' | 'DEAD';
  readonly attempts: number;
  readonly note: string | null;
  readonly callId: string | null;
}
