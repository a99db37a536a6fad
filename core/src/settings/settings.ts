import type { Outcome } from '../call/outcome.js';

/** When to try a lead again after an outcome. */
export interface RetryRule {
  readonly delaySeconds: number;
  /** How many calls with this outcome an item gets before it is EXHAUSTED; null: the outcome never exhausts it. */
  readonly tries: number | null;
}

/** Outcomes without a rule finish the item. */
export type RetryRules = Readonly<Partial<Record<Outcome, RetryRule>>>;

/** Local time of day, minutes after midnight, half-open: 480 to 1260 is 8:00 to 21:00. */
export interface CallingWindow {
  readonly startMinute: number;
  readonly endMinute: number;
}

/** How sessions behave unless their queue says otherwise. */
export interface DialingSettings {
  /** Pause between a conversation's wrap-up and the next round. */
  readonly delaySeconds: number;
  /** How long an agent has after a conversation before the dialer goes on by itself; 0: no wrap-up. */
  readonly wrapUpSeconds: number;
  /** How long a session with nothing to call waits for an item to become due before it stops. */
  readonly patienceSeconds: number;
  /**
   * How long an agent who was seen at a live screen may be gone before their session pauses, so that nobody's phone rings
   * for an empty chair; 0: for ever. Less than a minute would take a page that is being loaded again for an absence.
   */
  readonly pauseWhenAwaySeconds: number;
  /** How long a phone may ring before the call counts as unanswered. */
  readonly ringSeconds: number;
  readonly retryRules: RetryRules;
  readonly callingWindow: CallingWindow;
  /** null: enforced with providers that reach real phones, off on the simulator. */
  readonly enforceWindow: boolean | null;
}

/** A queue's own settings; what it leaves out comes from the system's. */
export type DialingOverrides = Partial<DialingSettings>;

export const DEFAULT_DIALING_SETTINGS: DialingSettings = {
  delaySeconds: 2,
  wrapUpSeconds: 30,
  patienceSeconds: 60,
  pauseWhenAwaySeconds: 300,
  ringSeconds: 25,
  retryRules: {
    BUSY: { delaySeconds: 15 * 60, tries: 3 },
    NO_ANSWER: { delaySeconds: 4 * 3600, tries: 4 },
    VOICEMAIL: { delaySeconds: 24 * 3600, tries: 3 },
    CANCELED_BY_DIALER: { delaySeconds: 30 * 60, tries: null },
    FAILED: { delaySeconds: 10 * 60, tries: 2 },
  },
  callingWindow: { startMinute: 8 * 60, endMinute: 21 * 60 },
  enforceWindow: null,
};

export const withOverrides = (
  system: DialingSettings,
  queue: DialingOverrides,
): DialingSettings => ({
  ...system,
  ...queue,
  retryRules: { ...system.retryRules, ...queue.retryRules },
});
