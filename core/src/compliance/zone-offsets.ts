import { IANAZone } from 'luxon';
import { changesUnknownTo, withChanges, type ZoneOffsets } from './changed-zones.js';

const DAY_MS = 86_400_000;

export type { ZoneOffsets };

/** What the runtime's own data say, out of date or not: about 4 to 7 µs a question (Node 20, `Intl.DateTimeFormat`). */
export const runtimeOffsets: ZoneOffsets = (zone, at) => IANAZone.create(zone).offset(at) * 60_000;

/**
 * Local time as it is: the runtime's data, put right in the zones of which they are known to be old (`CHANGED_ZONES`).
 * `version` is the IANA release of the runtime (`process.versions.tz`); data that are new enough are taken as they are.
 * Without it the runtime is asked whether it knows each change.
 */
export const currentOffsets = (version?: string | undefined): ZoneOffsets =>
  withChanges(runtimeOffsets, changesUnknownTo(runtimeOffsets, version));

let corrected: ZoneOffsets | null = null;

/** `currentOffsets()`, for callers that ask once. Everything that turns an instant into a local time goes through here. */
export const offsetOf: ZoneOffsets = (zone, at) => {
  corrected ??= currentOffsets();
  return corrected(zone, at);
};

/** The first instant after `from`, and not after `to`, with another offset than at `from`. There must be one. */
export function findTransition(
  zone: string,
  from: number,
  to: number,
  offsets: ZoneOffsets,
): number {
  const before = offsets(zone, from);
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsets(zone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** Within one UTC day: `offset` until `changesAt`, `then` from there on. */
interface DayOfZone {
  readonly offset: number;
  readonly changesAt: number;
  readonly then: number;
}

/**
 * The same answers, remembered per zone and UTC day: about 0.1 µs a question. A caller that checks many numbers makes one and
 * passes it along; it never holds more than `days` days of a zone. It relies on clocks changing at most once within a
 * UTC day, which holds for every zone of the database since 1970.
 */
export function rememberedOffsets(source: ZoneOffsets = offsetOf, days = 16): ZoneOffsets {
  const zones = new Map<string, Map<number, DayOfZone>>();

  const learn = (zone: string, day: number): DayOfZone => {
    const from = day * DAY_MS;
    const to = from + DAY_MS;
    const offset = source(zone, from);
    const then = source(zone, to);
    return {
      offset,
      then,
      changesAt: offset === then ? to : findTransition(zone, from, to, source),
    };
  };

  return (zone, at) => {
    let known = zones.get(zone);
    if (known === undefined) {
      known = new Map();
      zones.set(zone, known);
    }
    const day = Math.floor(at / DAY_MS);
    let that = known.get(day);
    if (that === undefined) {
      if (known.size >= days) known.clear();
      that = learn(zone, day);
      known.set(day, that);
    }
    return at < that.changesAt ? that.offset : that.then;
  };
}
