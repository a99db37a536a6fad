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

/**
 * How often a number may be called, over all queues. Defaults of the house: three attempts a day are what the strictest of the
 * usual caps allow (Florida and Oklahoma: 3 in 24 hours), ten minutes keep two queues from ringing one after the other.
 */
export interface ContactLimits {
  /** From the end of a call to the next one. */
  readonly gapSeconds: number;
  /** Within a calendar day where the person is; calls that the dialer cancelled count, promised call-backs are excepted. */
  readonly callsPerDay: number;
}

/**
 * A retry rule that never exhausts a lead must let it rest for so long: without a bound, a rule of 0 s called one person 31 times
 * in 10 s. A rule with a number of tries is bounded by them, and by at least a second.
 */
export const RETRY_AT_LEAST_SECONDS = { unlimited: 60, limited: 1 } as const;

/** The rules with delays that are too short raised; what was stored before there was a bound is read through this. */
export function withBoundedDelays(rules: RetryRules): RetryRules {
  const bounded: Partial<Record<Outcome, RetryRule>> = {};
  for (const [outcome, rule] of Object.entries(rules) as [Outcome, RetryRule][]) {
    const { unlimited, limited } = RETRY_AT_LEAST_SECONDS;
    const least = rule.tries === null ? unlimited : limited;
    bounded[outcome] = { ...rule, delaySeconds: Math.max(rule.delaySeconds, least) };
  }
  return bounded;
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
   * Where a screen is all that tells whether the agent is there (`presenceBy`): for how long calls are placed after the last
   * live one is gone. 0: unattended, on purpose; then an answered call is a conversation whether or not anybody is there.
   * Less than a minute would take a broken connection for an absence.
   */
  readonly pauseWhenAwaySeconds: number;
  /** How long a phone may ring before the call counts as unanswered. */
  readonly ringSeconds: number;
  readonly retryRules: RetryRules;
  readonly callingWindow: CallingWindow;
  /** null: enforced with providers that reach real phones, off in practice calls. */
  readonly enforceWindow: boolean | null;
  readonly contactLimits: ContactLimits;
  /** null: enforced with providers that reach real phones, off in practice calls. */
  readonly enforceContactLimits: boolean | null;
}

/** A queue's own settings; what it leaves out comes from the system's. */
export type DialingOverrides = Partial<DialingSettings>;

export const DEFAULT_DIALING_SETTINGS: DialingSettings = {
  delaySeconds: 2,
  wrapUpSeconds: 30,
  patienceSeconds: 60,
  pauseWhenAwaySeconds: 60,
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
  contactLimits: { gapSeconds: 600, callsPerDay: 3 },
  enforceContactLimits: null,
};

export const withOverrides = (
  system: DialingSettings,
  queue: DialingOverrides,
): DialingSettings => ({
  ...system,
  ...queue,
  retryRules: { ...system.retryRules, ...queue.retryRules },
});
