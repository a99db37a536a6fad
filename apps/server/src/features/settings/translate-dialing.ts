import {
  type CallingWindow,
  type ContactLimits,
  DEFAULT_DIALING_SETTINGS,
  type DialingOverrides,
  type DialingSettings,
  type Outcome,
  type RetryRule,
  type RetryRules,
} from '@outdial/core';
import type { DialingSettings as DialingSchema, QueueSettings } from '@outdial/protocol';
import type { z } from 'zod';

type WireDialing = z.infer<typeof DialingSchema>;

export const fromWireDialing = (wire: WireDialing): DialingSettings => ({
  delaySeconds: wire.delay_seconds,
  wrapUpSeconds: wire.wrap_up_seconds,
  patienceSeconds: wire.patience_seconds,
  pauseWhenAwaySeconds: wire.pause_when_away_seconds,
  ringSeconds: wire.ring_seconds,
  retryRules: fromWireRules(wire.retry_rules),
  callingWindow: fromWireWindow(wire.calling_window),
  enforceWindow: wire.calling_window.enforce,
  contactLimits: fromWireLimits(wire.contact_limits),
  enforceContactLimits: wire.contact_limits.enforce,
});

export const toWireDialing = (settings: DialingSettings): WireDialing => ({
  delay_seconds: settings.delaySeconds,
  wrap_up_seconds: settings.wrapUpSeconds,
  patience_seconds: settings.patienceSeconds,
  pause_when_away_seconds: settings.pauseWhenAwaySeconds,
  ring_seconds: settings.ringSeconds,
  retry_rules: toWireRules(settings.retryRules),
  calling_window: toWireWindow(settings.callingWindow, settings.enforceWindow),
  contact_limits: toWireLimits(settings.contactLimits, settings.enforceContactLimits),
});

/** What a queue sets itself; left out stays left out. */
export const fromWireOverrides = (wire: QueueSettings): DialingOverrides => ({
  ...(wire.delay_seconds !== undefined && { delaySeconds: wire.delay_seconds }),
  ...(wire.wrap_up_seconds !== undefined && { wrapUpSeconds: wire.wrap_up_seconds }),
  ...(wire.patience_seconds !== undefined && { patienceSeconds: wire.patience_seconds }),
  ...(wire.pause_when_away_seconds !== undefined && {
    pauseWhenAwaySeconds: wire.pause_when_away_seconds,
  }),
  ...(wire.ring_seconds !== undefined && { ringSeconds: wire.ring_seconds }),
  ...(wire.retry_rules !== undefined && { retryRules: fromWireRules(wire.retry_rules) }),
  ...(wire.calling_window !== undefined && {
    callingWindow: fromWireWindow(wire.calling_window),
    enforceWindow: wire.calling_window.enforce,
  }),
  ...(wire.contact_limits !== undefined && {
    contactLimits: fromWireLimits(wire.contact_limits),
    enforceContactLimits: wire.contact_limits.enforce,
  }),
});

/** The wire has hours and enforcement as one; a queue that sets only one of the two shows the default for the other. */
export const toWireOverrides = (overrides: DialingOverrides): QueueSettings => ({
  ...(overrides.delaySeconds !== undefined && { delay_seconds: overrides.delaySeconds }),
  ...(overrides.wrapUpSeconds !== undefined && { wrap_up_seconds: overrides.wrapUpSeconds }),
  ...(overrides.patienceSeconds !== undefined && { patience_seconds: overrides.patienceSeconds }),
  ...(overrides.pauseWhenAwaySeconds !== undefined && {
    pause_when_away_seconds: overrides.pauseWhenAwaySeconds,
  }),
  ...(overrides.ringSeconds !== undefined && { ring_seconds: overrides.ringSeconds }),
  ...(overrides.retryRules !== undefined && { retry_rules: toWireRules(overrides.retryRules) }),
  ...((overrides.callingWindow !== undefined || overrides.enforceWindow !== undefined) && {
    calling_window: toWireWindow(
      overrides.callingWindow ?? DEFAULT_DIALING_SETTINGS.callingWindow,
      overrides.enforceWindow ?? null,
    ),
  }),
  ...((overrides.contactLimits !== undefined || overrides.enforceContactLimits !== undefined) && {
    contact_limits: toWireLimits(
      overrides.contactLimits ?? DEFAULT_DIALING_SETTINGS.contactLimits,
      overrides.enforceContactLimits ?? null,
    ),
  }),
});

const fromWireLimits = (wire: WireDialing['contact_limits']): ContactLimits => ({
  gapSeconds: wire.gap_seconds,
  callsPerDay: wire.calls_per_day,
});

const toWireLimits = (
  limits: ContactLimits,
  enforce: boolean | null,
): WireDialing['contact_limits'] => ({
  gap_seconds: limits.gapSeconds,
  calls_per_day: limits.callsPerDay,
  enforce,
});

function fromWireRules(wire: WireDialing['retry_rules']): RetryRules {
  const rules: Partial<Record<Outcome, RetryRule>> = {};
  for (const [outcome, rule] of Object.entries(wire) as [Outcome, (typeof wire)[Outcome]][]) {
    if (rule) rules[outcome] = { delaySeconds: rule.delay_seconds, tries: rule.tries };
  }
  return rules;
}

function toWireRules(rules: RetryRules): WireDialing['retry_rules'] {
  const wire: WireDialing['retry_rules'] = {};
  for (const [outcome, rule] of Object.entries(rules) as [Outcome, RetryRule][]) {
    wire[outcome] = { delay_seconds: rule.delaySeconds, tries: rule.tries };
  }
  return wire;
}

/** "08:30" is 510, "24:00" is 1440. */
const toMinute = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const toTime = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const fromWireWindow = (wire: WireDialing['calling_window']): CallingWindow => ({
  startMinute: toMinute(wire.start),
  endMinute: toMinute(wire.end),
});

const toWireWindow = (
  window: CallingWindow,
  enforce: boolean | null,
): WireDialing['calling_window'] => ({
  start: toTime(window.startMinute),
  end: toTime(window.endMinute),
  enforce,
});
