import type { NewSuppression } from './dialer-store.js';

export interface AddedToList {
  readonly added: number;
  readonly alreadyThere: number;
  /** Queues in which the state of items changed. */
  readonly queueIds: readonly string[];
}

/** How many numbers an actor may add within a time, counted from the first of them. */
export interface SuppressionShare {
  readonly actorId: string;
  readonly numbersAtMost: number;
  readonly withinMs: number;
}

/** The numbers that are never dialed, as one author changes them. Each change and its audit entry are one transaction. */
export interface SuppressionList {
  /**
   * From now on none of these numbers is claimed (P8), and their waiting items in every queue are SUPPRESSED. A number that is on
   * the list keeps its first reason. `over_share`: none was added.
   */
  add(
    suppressions: readonly NewSuppression[],
    now: Date,
    share?: SuppressionShare,
  ): Promise<AddedToList | 'over_share'>;
  /** `removed`: those that were on the list. Their items wait again unless another number of the lead is on it. */
  remove(
    phones: readonly string[],
  ): Promise<{ readonly removed: readonly string[]; readonly queueIds: readonly string[] }>;
}
