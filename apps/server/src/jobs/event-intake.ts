import { later } from '../platform/later.js';

/** An event as a provider sent it. */
export interface ArrivedEvent {
  /** The telephony's `name`. */
  readonly provider: string;
  /** The same for each copy of the event. */
  readonly dedupeKey: string;
  readonly payload: unknown;
}

export type ReceiveEvent = (event: ArrivedEvent) => Promise<'stored' | 'duplicate'>;

/** Where telephonies leave their events. They are there before the dialer is, which needs them; so events wait until it starts. */
export interface EventIntake {
  /** Resolves once the event is stored. Throws `InboxFull`, and when the server ends before it has started. */
  readonly receive: ReceiveEvent;
  /** From here on events are received. Only the first call counts. */
  start(receive: ReceiveEvent): void;
  /** Refuses the events that still wait for the start. Safe twice. */
  close(): void;
}

export function createEventIntake(): EventIntake {
  const started = later<ReceiveEvent>();
  return {
    receive: async (event) => (await started.value)(event),
    start: started.provide,
    close: () =>
      started.provide(async () => {
        throw new Error('The server ends before it has started.');
      }),
  };
}
