import { isKnownZone } from './is-known-zone.js';
import { zoneOfWindowsName } from './windows-zones.js';
import type { ZoneOffsets } from './zone-offsets.js';
import { type PrefixZones, zonesOfNumber } from './zones-of-number.js';

export type ReadTimeZone =
  | { readonly ok: true; readonly zone: string }
  /** To follow "The time zone". */
  | { readonly ok: false; readonly reason: string };

const HOUR_MS = 3_600_000;

/**
 * Names that IANA keeps as clocks that never change, and people use for wall clocks that do. Arizona stays on MST in
 * summer, so that MST is Denver and Phoenix.
 */
const WALL_CLOCKS: Readonly<
  Record<string, { readonly zones: readonly string[]; readonly offset: number }>
> = {
  EST: { zones: ['America/New_York'], offset: -5 * HOUR_MS },
  MST: { zones: ['America/Denver', 'America/Phoenix'], offset: -7 * HOUR_MS },
  HST: { zones: ['Pacific/Honolulu'], offset: -10 * HOUR_MS },
};

const LINKS: Readonly<Record<string, string>> = {
  EST5EDT: 'America/New_York',
  CST6CDT: 'America/Chicago',
  MST7MDT: 'America/Denver',
  PST8PDT: 'America/Los_Angeles',
};

/**
 * No place's clock: GMT is written for London, which leaves it in summer, and EET for Athens, Cairo and Kaliningrad, which
 * change on different days. UTC and Etc/GMT+5 are exact names and mean what they say.
 */
const NO_PLACE =
  /^(?:gmt(?:\s*[+\-\u2212]?\s*\d{1,2}(?::?\d{2})?)?|utc\s*[+\-\u2212]?\s*\d{1,2}(?::?\d{2})?|greenwich|\((?:gmt|utc)[+\-\u2212]?\d?.*|[+\-\u2212]\d{1,2}(?::?\d{2})?|eet)$/i;

const refused = (reason: string): ReadTimeZone => ({ ok: false, reason });

/**
 * Reads the time zone of a lead from a form or a file: a name of the IANA database, a name of Windows ("Eastern Standard
 * Time"), or one of EST, MST and HST, which mean the wall clock there. What names no place is refused: abbreviations that
 * mean several (CST, PST, IST), and offsets as people write them (GMT+2, UTC-5), which are an hour off for half of the
 * year. MST stays MST: it is Denver or Phoenix, and judged by both.
 */
export function readTimeZone(text: string): ReadTimeZone {
  const name = text.trim().replace(/\s+/g, ' ');
  const capitals = name.toUpperCase();
  const wall = WALL_CLOCKS[capitals];
  if (wall !== undefined) {
    const [first = capitals, ...more] = wall.zones;
    return { ok: true, zone: more.length === 0 ? first : capitals };
  }
  const link = LINKS[capitals] ?? zoneOfWindowsName(name);
  if (link !== null) return { ok: true, zone: link };
  if (NO_PLACE.test(name)) {
    return refused(
      'is an offset from UTC and not the clock of a place, which may change in summer: write a place such as America/New_York',
    );
  }
  if (isKnownZone(name)) return { ok: true, zone: name };
  if (/^[a-z]{2,5}$/i.test(name)) {
    return refused(
      'is an abbreviation that means several places: write a place such as America/New_York',
    );
  }
  return refused('is not a time zone such as America/New_York');
}

/**
 * The zones that a lead's own zone may mean, all of which must be inside the window; null: there is no zone of that
 * name. Leads stored before `readTimeZone` may have any IANA name: one that is no place's clock is joined by the zones of
 * the number.
 */
export function zonesOfLead(
  name: string,
  phone: string,
  prefixZones: PrefixZones,
  at: number,
  offsets: ZoneOffsets,
): readonly string[] | null {
  const wall = WALL_CLOCKS[name];
  if (wall !== undefined) {
    // "EST" beside a number of Jamaica, which keeps it in summer.
    const here = zonesOfNumber(phone, prefixZones).filter(
      (zone) => isKnownZone(zone) && offsets(zone, at) === wall.offset,
    );
    return [...new Set([...wall.zones, ...here])];
  }
  if (!isKnownZone(name)) return null;
  if (!NO_PLACE.test(name)) return [name];
  return [...new Set([name, ...zonesOfNumber(phone, prefixZones)])];
}
