import { randomUUID } from 'node:crypto';
import { createEventRing, type NumberedEvent } from './event-ring.js';

/**
 * The numbered live events, in one order for everybody. Each number is one higher than the one before; `epoch` says which
 * numbering they belong to.
 */
export interface LiveLog {
  readonly epoch: string;
  /** Of the newest event that the follower here was given. */
  readonly last: number;
  /** False: there was no subscriber yet, here or at another node, so none can come back for an event and none need be added. */
  readonly wanted: boolean;
  /** There is a subscriber. Resolves when the nodes that add events know of it. */
  want(): Promise<void>;
  /**
   * Numbers an event and gives it to every follower. Rejects when the log cannot be reached; then it was not added, or
   * is unknown. `before` is `last` as it was when the state in the event began to be read. Overtaken: another node published
   * the same thing in between, so what stands last in the log may be the older state: read and add it again.
   */
  add(event: Omit<NumberedEvent, 'number'>, before: number): Promise<'added' | 'overtaken'>;
  /**
   * Forgets every event, as one of them shows what must be shown no more (a person who was erased). Subscribers get the word to read
   * everything anew; an event whose state was read before is `overtaken`. Rejects when the log cannot be reached; then it is
   * done once it can.
   */
  beginAnew(): Promise<void>;
  /** What came after that number, up to `last`; null when it is not all here any more. */
  since(epoch: string, number: number): readonly NumberedEvent[] | null;
  /** In the same turn of the event loop as `since` it leaves no gap and no double. */
  follow(follower: LiveFollower): void;
  /** Safe twice. */
  close(): Promise<void>;
}

export interface LiveFollower {
  event(event: NumberedEvent): void;
  /** Events may have been lost: subscribers must read everything anew, and goes on from `epoch` and `last`. */
  lost(): void;
}

/** How many events are kept for readers who were away. */
export const EVENTS_KEPT = 10_000;

/** The log of a node that is alone; it ends with the process. */
export function createMemoryLiveLog(size = EVENTS_KEPT): LiveLog {
  let epoch = randomUUID();
  let begun = 0;
  let ring = createEventRing(size);
  const followers: LiveFollower[] = [];
  let wanted = false;
  return {
    get epoch() {
      return epoch;
    },
    get last() {
      return ring.last;
    },
    get wanted() {
      return wanted;
    },
    async want() {
      wanted = true;
    },
    async add(event, before) {
      if (before < begun) return 'overtaken';
      const numbered = { number: ring.last + 1, ...event };
      ring.add(numbered);
      for (const follower of followers) follower.event(numbered);
      return 'added';
    },
    async beginAnew() {
      epoch = randomUUID();
      // A number of its own, so that a state read until now is older than the epoch.
      begun = ring.last + 1;
      ring = createEventRing(size, begun);
      for (const follower of followers) follower.lost();
    },
    since: (theirs, number) => (theirs === epoch ? ring.since(number) : null),
    follow: (follower) => void followers.push(follower),
    close: async () => undefined,
  };
}
