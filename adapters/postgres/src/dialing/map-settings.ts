import {
  type CallingWindow,
  type ContactLimits,
  DEFAULT_DIALING_SETTINGS,
  type DialingOverrides,
  type DialingSettings,
  type Outcome,
  type RetryRule,
  type RetryRules,
  withBoundedDelays,
} from '@outdial/core';

interface StoredRetryRule {
  readonly delay_seconds: number;
  readonly tries: number | null;
}

interface StoredWindow {
  readonly start_minute: number;
  readonly end_minute: number;
}

/** Dialing settings as they stand in jsonb columns. */
export interface StoredSettings {
  readonly delay_seconds: number;
  readonly wrap_up_seconds: number;
  readonly patience_seconds: number;
  /** Left out in sessions that were started before there was such a setting. */
  readonly pause_when_away_seconds?: number;
  readonly ring_seconds: number;
  readonly retry_rules: Readonly<Partial<Record<Outcome, StoredRetryRule>>>;
  readonly calling_window: StoredWindow;
  readonly enforce_window: boolean | null;
  /** Left out, as above. */
  readonly contact_limits?: { readonly gap_seconds: number; readonly calls_per_day: number };
  readonly enforce_contact_limits?: boolean | null;
}

export type StoredOverrides = Partial<StoredSettings>;

/** For writing `queues.settings`: only what the queue sets itself. */
export function toStoredOverrides(overrides: DialingOverrides): StoredOverrides {
  return {
    ...(overrides.delaySeconds !== undefined && { delay_seconds: overrides.delaySeconds }),
    ...(overrides.wrapUpSeconds !== undefined && { wrap_up_seconds: overrides.wrapUpSeconds }),
    ...(overrides.patienceSeconds !== undefined && { patience_seconds: overrides.patienceSeconds }),
    ...(overrides.pauseWhenAwaySeconds !== undefined && {
      pause_when_away_seconds: overrides.pauseWhenAwaySeconds,
    }),
    ...(overrides.ringSeconds !== undefined && { ring_seconds: overrides.ringSeconds }),
    ...(overrides.retryRules !== undefined && { retry_rules: toStoredRules(overrides.retryRules) }),
    ...(overrides.callingWindow !== undefined && {
      calling_window: toStoredWindow(overrides.callingWindow),
    }),
    ...(overrides.enforceWindow !== undefined && { enforce_window: overrides.enforceWindow }),
    ...(overrides.contactLimits !== undefined && {
      contact_limits: toStoredLimits(overrides.contactLimits),
    }),
    ...(overrides.enforceContactLimits !== undefined && {
      enforce_contact_limits: overrides.enforceContactLimits,
    }),
  };
}

/** For reading `queues.settings`. */
export function fromStoredOverrides(stored: StoredOverrides): DialingOverrides {
  return {
    ...(stored.delay_seconds !== undefined && { delaySeconds: stored.delay_seconds }),
    ...(stored.wrap_up_seconds !== undefined && { wrapUpSeconds: stored.wrap_up_seconds }),
    ...(stored.patience_seconds !== undefined && { patienceSeconds: stored.patience_seconds }),
    ...(stored.pause_when_away_seconds !== undefined && {
      pauseWhenAwaySeconds: stored.pause_when_away_seconds,
    }),
    ...(stored.ring_seconds !== undefined && { ringSeconds: stored.ring_seconds }),
    ...(stored.retry_rules !== undefined && { retryRules: fromStoredRules(stored.retry_rules) }),
    ...(stored.calling_window !== undefined && {
      callingWindow: fromStoredWindow(stored.calling_window),
    }),
    ...(stored.enforce_window !== undefined && { enforceWindow: stored.enforce_window }),
    ...(stored.contact_limits !== undefined && {
      contactLimits: fromStoredLimits(stored.contact_limits),
    }),
    ...(stored.enforce_contact_limits !== undefined && {
      enforceContactLimits: stored.enforce_contact_limits,
    }),
  };
}

/** For writing `sessions.settings`. */
export const toStoredSettings = (settings: DialingSettings): StoredSettings => ({
  delay_seconds: settings.delaySeconds,
  wrap_up_seconds: settings.wrapUpSeconds,
  patience_seconds: settings.patienceSeconds,
  pause_when_away_seconds: settings.pauseWhenAwaySeconds,
  ring_seconds: settings.ringSeconds,
  retry_rules: toStoredRules(settings.retryRules),
  calling_window: toStoredWindow(settings.callingWindow),
  enforce_window: settings.enforceWindow,
  contact_limits: toStoredLimits(settings.contactLimits),
  enforce_contact_limits: settings.enforceContactLimits,
});

/** For reading `sessions.settings`. */
export const fromStoredSettings = (stored: StoredSettings): DialingSettings => ({
  delaySeconds: stored.delay_seconds,
  wrapUpSeconds: stored.wrap_up_seconds,
  patienceSeconds: stored.patience_seconds,
  pauseWhenAwaySeconds:
    stored.pause_when_away_seconds ?? DEFAULT_DIALING_SETTINGS.pauseWhenAwaySeconds,
  ringSeconds: stored.ring_seconds,
  retryRules: fromStoredRules(stored.retry_rules),
  callingWindow: fromStoredWindow(stored.calling_window),
  enforceWindow: stored.enforce_window,
  contactLimits:
    stored.contact_limits === undefined
      ? DEFAULT_DIALING_SETTINGS.contactLimits
      : fromStoredLimits(stored.contact_limits),
  enforceContactLimits: stored.enforce_contact_limits ?? null,
});

const toStoredLimits = (limits: ContactLimits) => ({
  gap_seconds: limits.gapSeconds,
  calls_per_day: limits.callsPerDay,
});

const fromStoredLimits = (
  stored: NonNullable<StoredSettings['contact_limits']>,
): ContactLimits => ({ gapSeconds: stored.gap_seconds, callsPerDay: stored.calls_per_day });

function toStoredRules(rules: RetryRules): StoredSettings['retry_rules'] {
  const stored: Partial<Record<Outcome, StoredRetryRule>> = {};
  for (const [outcome, rule] of Object.entries(rules) as [Outcome, RetryRule][]) {
    stored[outcome] = { delay_seconds: rule.delaySeconds, tries: rule.tries };
  }
  return stored;
}

function fromStoredRules(stored: StoredSettings['retry_rules']): RetryRules {
  const rules: Partial<Record<Outcome, RetryRule>> = {};
  for (const [outcome, rule] of Object.entries(stored) as [Outcome, StoredRetryRule][]) {
    rules[outcome] = { delaySeconds: rule.delay_seconds, tries: rule.tries };
  }
  return withBoundedDelays(rules);
}

const toStoredWindow = (window: CallingWindow): StoredWindow => ({
  start_minute: window.startMinute,
  end_minute: window.endMinute,
});

const fromStoredWindow = (stored: StoredWindow): CallingWindow => ({
  startMinute: stored.start_minute,
  endMinute: stored.end_minute,
});
