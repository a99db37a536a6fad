import type { PastCall } from '../ports/dialer-store.js';
import type { QueueItem } from '../queue/queue-item.js';
import type { ContactLimits } from '../settings/settings.js';
import type { ContactClearance } from './clearance.js';
import { isKnownZone } from './is-known-zone.js';
import { offsetOf, type ZoneOffsets } from './zone-offsets.js';

const DAY_MS = 24 * 3600 * 1000;
const MINUTE_MS = 60_000;

/** A call outside the dialer whose end was never reported is taken for over after so long: an event was lost. */
export const BELIEVED_OPEN_FOR_MS = 2 * 3_600_000;

export interface ContactLimitsQuestion {
  /** Earlier calls to the number, of all queues and outside the dialer, the last to end first. */
  readonly calls: readonly PastCall[];
  readonly item: Pick<QueueItem, 'callback' | 'lastOutcome'>;
  readonly limits: ContactLimits;
  readonly enforce: boolean;
  /** Where the person may be. */
  readonly zones: readonly string[];
  readonly now: Date;
  readonly offsets?: ZoneOffsets;
}

export type ContactLimitsAnswer =
  | { readonly kind: 'clear'; readonly contact: ContactClearance | null }
  | {
      readonly kind: 'not_now';
      /** From here on the same call is allowed, as far as gap and cap go. */
      readonly until: Date;
      /** For people, to follow the lead's name. */
      readonly reason: string;
    };

/**
 * May this number be called again now, as far as earlier calls to it go?
 *
 * - Two calls to a number are at least `gapSeconds` apart, from the end of one to the next.
 * - At most `callsPerDay` calls to a number within a calendar day where the person is. Every call for which the provider was asked
 *   counts, also one that was cancelled while it rang. Where several zones are possible, each one's day must have room.
 *
 * A number that is on a call outside the dialer waits in any case: its end begins the gap.
 *
 * A promised call-back is what the person asked for: it is exempt from both, so that "call me in five minutes" is kept. Once the
 * dialer itself failed or cancelled that call, the phone may have rung, and the gap counts; the day's cap does not.
 */
export function mayCallAgain(question: ContactLimitsQuestion): ContactLimitsAnswer {
  const { calls, item, limits, now, offsets = offsetOf } = question;
  if (!question.enforce) return { kind: 'clear', contact: null };

  const { gapSeconds, callsPerDay } = limits;
  if (calls.some((call) => isOpen(call, now))) {
    return {
      kind: 'not_now',
      until: new Date(now.getTime() + Math.max(gapSeconds * 1000, MINUTE_MS)),
      reason: 'on a call outside the dialer, as the provider reports',
    };
  }
  const last = calls.reduce<Date | null>((latest, { endedAt, dialedAt }) => {
    const end = endedAt ?? dialedAt;
    return latest === null || end > latest ? end : latest;
  }, null);
  const ourFault = item.lastOutcome === 'CANCELED_BY_DIALER' || item.lastOutcome === 'FAILED';
  if (last !== null && !(item.callback && !ourFault)) {
    const until = new Date(last.getTime() + gapSeconds * 1000);
    if (now < until) {
      const ago = inWords(Math.max(0, now.getTime() - last.getTime()));
      return {
        kind: 'not_now',
        until,
        reason: `called ${ago} ago; calls to a number are ${inWords(gapSeconds * 1000)} apart`,
      };
    }
  }

  // A number without a known zone is not called where real phones ring; in practice calls its day is UTC's.
  const known = question.zones.filter(isKnownZone);
  let callsToday = 0;
  let fullUntil: number | null = null;
  const zones = known.length === 0 ? ['UTC'] : known;
  for (const zone of zones) {
    const dayIn = (at: number): number => Math.floor((at + offsets(zone, at)) / DAY_MS);
    const today = dayIn(now.getTime());
    const count = calls.filter(({ dialedAt }) => dayIn(dialedAt.getTime()) === today).length;
    callsToday = Math.max(callsToday, count);
    if (count < callsPerDay) continue;
    fullUntil = Math.max(fullUntil ?? 0, nextDay(zone, now.getTime(), offsets));
  }
  if (fullUntil !== null && !item.callback) {
    return {
      kind: 'not_now',
      until: new Date(fullUntil),
      reason: `called ${times(callsToday)} today; a number is called at most ${times(callsPerDay)} a day`,
    };
  }
  return {
    kind: 'clear',
    contact: {
      gapSeconds,
      callsPerDay,
      callsToday,
      lastEndedAt: last,
      zones,
      promised: item.callback,
    },
  };
}

const isOpen = ({ dialedAt, endedAt }: PastCall, now: Date): boolean =>
  endedAt === null && now.getTime() - dialedAt.getTime() < BELIEVED_OPEN_FOR_MS;

/** The first instant of the next calendar day there; clocks that change that night included. */
function nextDay(zone: string, at: number, offsets: ZoneOffsets): number {
  const offset = offsets(zone, at);
  const midnight = (Math.floor((at + offset) / DAY_MS) + 1) * DAY_MS;
  const guess = midnight - offset;
  return midnight - offsets(zone, guess);
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

function inWords(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 1) return plural(Math.floor(ms / 1000), 'second');
  if (minutes < 120) return plural(minutes, 'minute');
  return plural(Math.floor(minutes / 60), 'hour');
}

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
