import type { Outcome } from '../call/outcome.js';

/**
 * One lead's place in one queue.
 *
 * PENDING     callable from `dueAt` on
 * CLAIMED     a session has a live call to it (P2: at most one)
 * DONE        reached, or nothing more to do
 * EXHAUSTED   the retry rules allow no further attempt
 * SUPPRESSED  the number must not be called
 */
export type QueueItemState = 'PENDING' | 'CLAIMED' | 'DONE' | 'EXHAUSTED' | 'SUPPRESSED';

export interface QueueItem {
  readonly id: string;
  readonly queueId: string;
  readonly leadId: string;
  readonly state: QueueItemState;
  /** Higher first. */
  readonly priority: number;
  readonly dueAt: Date;
  /** The lead asked to be called at `dueAt`: goes before everything else. */
  readonly callback: boolean;
  /** Attempts that count towards exhaustion; CANCELED_BY_DIALER does not. */
  readonly attempts: number;
  /** Attempts by outcome, for the rule "BUSY: 3 tries". */
  readonly attemptsByOutcome: Readonly<Partial<Record<Outcome, number>>>;
  readonly lastOutcome: Outcome | null;
  /** Why it is not due earlier, for people: "outside calling hours in America/Denver". */
  readonly heldReason: string | null;
  readonly claimedBySessionId: string | null;
  readonly createdAt: Date;
}
