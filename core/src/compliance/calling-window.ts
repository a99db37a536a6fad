import { neverDialed } from '../phone/never-dialed.js';
import type { CallingWindow } from '../settings/settings.js';
import type { ComplianceClearance } from './clearance.js';
import { isKnownZone } from './is-known-zone.js';
import { zonesOfLead } from './read-time-zone.js';
import { findTransition, offsetOf, type ZoneOffsets } from './zone-offsets.js';
import { type PrefixZones, zonesOfNumber } from './zones-of-number.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How far ahead a common hour is looked for: past one day on which clocks change, if need be. */
const HORIZON_MS = 3 * DAY_MS;

export interface CallingWindowQuestion {
  /** E.164. */
  readonly phone: string;
  /** IANA name, when the lead's own zone is known. */
  readonly leadTimeZone: string | null;
  readonly window: CallingWindow;
  readonly enforce: boolean;
  readonly prefixZones: PrefixZones;
  readonly now: Date;
  /**
   * `rememberedOffsets()` for a caller that checks many numbers; left out, the runtime is asked each time. 10,000 checks took
   * 12 ms remembered and 270 ms asked for numbers with one zone, 160 ms and 8 s for toll-free ones with 42 (2 cores,
   * Node 20).
   */
  readonly offsets?: ZoneOffsets;
}

export type CallingWindowAnswer =
  | { readonly kind: 'clear'; readonly clearance: ComplianceClearance }
  | NotNow;

export interface NotNow {
  readonly kind: 'not_now';
  readonly rule: 'outside_calling_window' | 'never_dialed';
  /**
   * The first instant from which all zones are inside the window. Where there is none (see below), tomorrow at this
   * time: the lead is checked again, as a user may have corrected it meanwhile.
   */
  readonly until: Date;
  readonly zones: readonly string[];
  /** For people, to follow the lead's name: "outside calling hours (8:00 to 21:00) in America/Denver". */
  readonly reason: string;
}

/**
 * May this number be called now, as far as the time of day goes (P8)?
 *
 * The law asks for the time where the called person is: in the US 8 a.m. to 9 p.m. "local time at the called party's
 * location", 47 CFR 64.1200(c)(1), https://www.ecfr.gov/current/title-47/section-64.1200 (TCPA); other countries are
 * alike, with other hours. The lead's own zone says where that is (`zonesOfLead`). Without it, or when it names no zone
 * that is known, only the number's prefix does: the person may be in any of its zones, so all must be inside the window
 * at once.
 *
 * Kinds of numbers that are never dialed (`neverDialed`) are not called either, also when they were stored long ago.
 *
 * A number that cannot be checked is not called:
 * - no zone known for the prefix (not a number that the numbering plans know), or one that this runtime lacks;
 * - zones of which no instant finds all inside. Two zones always share some of a window of 13 hours (12 hours apart
 *   they share two of them), but three around the globe may not, nor may two of a shorter window. Seasons can change
 *   that, so the answer is given again every day. The reason says that the lead needs a time zone of its own;
 * - a window that does not end after it begins.
 */
export function mayCall(question: CallingWindowQuestion): CallingWindowAnswer {
  const { window, now, offsets = offsetOf } = question;
  if (!question.enforce) {
    return {
      kind: 'clear',
      clearance: { decidedAt: now, rule: 'window_off', zones: [], until: null },
    };
  }

  const zones = zonesToRespect(question);
  const lookAgain = (reason: string, rule: NotNow['rule'] = 'outside_calling_window'): NotNow => ({
    kind: 'not_now',
    rule,
    until: new Date(now.getTime() + DAY_MS),
    zones,
    reason,
  });
  const never = neverDialed(question.phone);
  if (never !== null) return lookAgain(`its phone number ${never}`, 'never_dialed');
  if (zones.length === 0) {
    return lookAgain(
      "no time zone is known for this number; set the lead's time zone to have it called",
    );
  }
  const unknown = zones.find((zone) => !isKnownZone(zone));
  if (unknown !== undefined) {
    return lookAgain(
      `its time zone ${unknown} is unknown here; set the lead's time zone to have it called`,
    );
  }
  if (window.endMinute <= window.startMinute) {
    return lookAgain('the calling window is empty: its end is not after its start');
  }

  const at = now.getTime();
  const outside = zones.filter((zone) => !isInside(zone, at, window, offsets));
  if (outside.length === 0) {
    const until = endOfClearance(zones, at, window, offsets);
    return { kind: 'clear', clearance: { decidedAt: now, rule: 'inside_window', zones, until } };
  }
  const opensAt = firstCommonInstant(zones, at, window, offsets);
  if (opensAt === null) {
    return lookAgain(
      `${listed(zones)} are never inside calling hours (${hours(window)}) at the same time; ` +
        "set the lead's time zone to have it called",
    );
  }
  return {
    kind: 'not_now',
    rule: 'outside_calling_window',
    until: new Date(opensAt),
    zones,
    reason: `outside calling hours (${hours(window)}) in ${listed(outside)}`,
  };
}

/** The zones that a person may be in: those of the lead where they are known, else every one that the number may lie in. */
export function zonesToRespect(
  question: Pick<
    CallingWindowQuestion,
    'phone' | 'leadTimeZone' | 'prefixZones' | 'now' | 'offsets'
  >,
): readonly string[] {
  const { phone, leadTimeZone, prefixZones, now, offsets = offsetOf } = question;
  const own =
    leadTimeZone === null
      ? null
      : zonesOfLead(leadTimeZone, phone, prefixZones, now.getTime(), offsets);
  return own ?? zonesOfNumber(phone, prefixZones);
}

/** Half-open, as the clock on the wall there shows it. */
function isInside(zone: string, at: number, window: CallingWindow, offsets: ZoneOffsets): boolean {
  const local = timeOfDay(at + offsets(zone, at));
  return local >= window.startMinute * MINUTE_MS && local < window.endMinute * MINUTE_MS;
}

function endOfClearance(
  zones: readonly string[],
  at: number,
  window: CallingWindow,
  offsets: ZoneOffsets,
): Date | null {
  if (isWholeDay(window)) return null;
  return new Date(Math.min(...zones.map((zone) => nextChange(zone, at, window, offsets))));
}

/** Jumps from opening to opening until every zone is inside; null when there is no such instant. */
function firstCommonInstant(
  zones: readonly string[],
  from: number,
  window: CallingWindow,
  offsets: ZoneOffsets,
): number | null {
  let at = from;
  while (at <= from + HORIZON_MS) {
    let latest = at;
    for (const zone of zones) {
      if (!isInside(zone, at, window, offsets)) {
        latest = Math.max(latest, nextChange(zone, at, window, offsets));
      }
    }
    if (latest === at) return at;
    at = latest;
  }
  return null;
}

/**
 * The first instant after `from` at which the zone enters or leaves the window (which is not the whole day). Two
 * questions for the offset are enough on most days: the clocks change at most once between here and the next boundary,
 * which is less than a day away.
 */
function nextChange(
  zone: string,
  from: number,
  window: CallingWindow,
  offsets: ZoneOffsets,
): number {
  const start = window.startMinute * MINUTE_MS;
  const end = window.endMinute * MINUTE_MS;
  const inside = isInside(zone, from, window, offsets);
  let at = from;
  for (;;) {
    const offset = offsets(zone, at);
    const local = timeOfDay(at + offset);
    const boundary = inside ? end : local < start ? start : start + DAY_MS;
    let next = at + boundary - local;
    if (offsets(zone, next) !== offset) next = findTransition(zone, at, next, offsets);
    if (isInside(zone, next, window, offsets) !== inside) return next;
    // The clocks were changed and the wall still shows the same side of the window: look on from there.
    at = next;
  }
}

const isWholeDay = (window: CallingWindow): boolean =>
  window.startMinute <= 0 && window.endMinute * MINUTE_MS >= DAY_MS;

const timeOfDay = (local: number): number => ((local % DAY_MS) + DAY_MS) % DAY_MS;

const hours = (window: CallingWindow): string =>
  `${clockTime(window.startMinute)} to ${clockTime(window.endMinute)}`;

const clockTime = (minute: number): string =>
  `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;

function listed(zones: readonly string[]): string {
  if (zones.length <= 2) return zones.join(' and ');
  if (zones.length === 3) return `${zones.slice(0, 2).join(', ')} and ${zones[2]}`;
  return `${zones.slice(0, 2).join(', ')} and ${zones.length - 2} more time zones`;
}
