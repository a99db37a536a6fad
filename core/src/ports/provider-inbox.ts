/**
 * Every event of a provider, kept as it came. A webhook is answered only after `store` resolved (P7).
 *
 * PENDING    not looked at yet, or to be tried again at `dueAt`
 * PROCESSED  applied to a call
 * IGNORED    understood as nothing for us (unknown kinds, other people's calls); kept with the reason
 * DEAD       failed too often; a person can see and replay it
 */
export interface ProviderInbox {
  /**
   * `duplicate` when an event with this provider and dedupe key is already there; nothing changes then. Throws `InboxFull`
   * at once when too many events wait to be stored already.
   */
  store(event: NewProviderEvent): Promise<'stored' | 'duplicate'>;
  /** May answer from memory what this process stored itself, as it was then: see `settle` for why that does no harm. */
  find(eventId: string): Promise<ProviderEvent | null>;
  /** The oldest untried events of one call: PENDING without a failure, in the order in which they came. */
  untried(provider: string, callKey: string): Promise<readonly ProviderEvent[]>;
  /**
   * Only PENDING events are settled, as another node may have been quicker. Working on an event twice changes nothing
   * either, because facts are merged (ADR 0004).
   */
  settle(
    eventIds: readonly string[],
    as: 'PROCESSED' | 'IGNORED',
    note: string | null,
  ): Promise<void>;
  /** Counts the failure; `dueAt` null makes it DEAD. */
  failed(eventId: string, error: string, dueAt: Date | null): Promise<void>;
}

export interface NewProviderEvent {
  readonly id: string;
  readonly provider: string;
  readonly dedupeKey: string;
  /** What the provider calls the call that this is about; events of one call are applied in the order in which they came. */
  readonly callKey: string | null;
  readonly payload: unknown;
  readonly receivedAt: Date;
  /** It was seen at once that it is nothing for us, and why: it is kept as IGNORED. */
  readonly ignoredBecause: string | null;
}

export interface ProviderEvent extends Omit<NewProviderEvent, 'ignoredBecause'> {
  readonly state: 'PENDING' | 'PROCESSED' | 'IGNORED' | 'DEAD';
  readonly attempts: number;
  readonly note: string | null;
  readonly callId: string | null;
}

/** The order in which events came: by the time of their arrival, and by id within one moment. */
export const byArrival = (
  a: Pick<ProviderEvent, 'receivedAt' | 'id'>,
  b: Pick<ProviderEvent, 'receivedAt' | 'id'>,
): number => a.receivedAt.getTime() - b.receivedAt.getTime() || (a.id < b.id ? -1 : 1);

/** More events wait to be stored than may: nothing was kept of this one, and the provider must send it again. */
export class InboxFull extends Error {
  constructor() {
    super('Too many provider events wait to be stored. The provider sends this one again.');
    this.name = 'InboxFull';
  }
}

/**
 * A decision was not written because of an event of the same call that came before those it settles and that no node has
 * tried yet. Apply them together.
 */
export class EarlierEventsWait extends Error {
  constructor() {
    super('Earlier events of the same call have not been applied yet.');
    this.name = 'EarlierEventsWait';
  }
}
