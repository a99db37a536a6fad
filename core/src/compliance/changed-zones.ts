/** How far local time in a zone is ahead of UTC at an instant; both in milliseconds. */
export type ZoneOffsets = (zone: string, at: number) => number;

const HOUR_MS = 3_600_000;

/** A zone whose clocks stopped changing, in releases of the IANA database that a runtime may lack. */
export interface ChangedZone {
  /** Names of this zone, links included, in small letters. */
  readonly names: readonly string[];
  readonly place: string;
  /** From this instant on local time is `offset` ahead of UTC; both in milliseconds. */
  readonly from: number;
  readonly offset: number;
}

/** The release of the IANA database that has every change below: https://data.iana.org/time-zones/tzdb/NEWS. */
export const NEWEST_ZONE_DATA = '2026e';

/**
 * Changes of 2026 (IANA releases 2026b to 2026e, NEWS): the clocks were not set back in November in four Canadian
 * jurisdictions, and Morocco returned to UTC in September. Node.js 20.20 and 22.2 carry 2025c or older, by which
 * Vancouver would be called until 22:00 in winter.
 */
export const CHANGED_ZONES: readonly ChangedZone[] = [
  {
    names: ['america/vancouver', 'canada/pacific'],
    place: 'British Columbia',
    from: Date.parse('2026-11-01T09:00:00Z'),
    offset: -7 * HOUR_MS,
  },
  {
    names: ['america/edmonton', 'canada/mountain', 'america/yellowknife'],
    place: 'Alberta',
    from: Date.parse('2026-11-01T08:00:00Z'),
    offset: -6 * HOUR_MS,
  },
  {
    names: ['america/inuvik'],
    place: 'the Northwest Territories',
    from: Date.parse('2026-11-01T08:00:00Z'),
    offset: -6 * HOUR_MS,
  },
  {
    names: ['america/winnipeg', 'canada/central'],
    place: 'Manitoba',
    from: Date.parse('2026-11-01T07:00:00Z'),
    offset: -5 * HOUR_MS,
  },
  {
    names: ['africa/casablanca', 'africa/el_aaiun'],
    place: 'Morocco',
    from: Date.parse('2026-09-20T02:00:00Z'),
    offset: 0,
  },
];

/** A winter day outside Ramadan, on which the old rules and the new ones differ in every changed zone. */
const PROBE = Date.parse('2026-12-15T12:00:00Z');

/** The changes that a source of offsets does not know. `version`: its IANA release, such as 2025c, when it tells. */
export function changesUnknownTo(
  source: ZoneOffsets,
  version?: string | undefined,
): readonly ChangedZone[] {
  // Newer data may know of yet another change: they are believed.
  if (version !== undefined && isRelease(version) && version >= NEWEST_ZONE_DATA) return [];
  return CHANGED_ZONES.filter(({ names: [name = ''], offset }) => source(name, PROBE) !== offset);
}

/** Whether this names a release of the IANA database: a year and a letter. */
const isRelease = (version: string): boolean => /^20\d\d[a-z]$/.test(version);

/** The same source, put right where it is known to be out of date. */
export function withChanges(source: ZoneOffsets, changes: readonly ChangedZone[]): ZoneOffsets {
  if (changes.length === 0) return source;
  const changed = new Map(changes.flatMap((zone) => zone.names.map((name) => [name, zone])));
  return (zone, at) => {
    const change = changed.get(zone) ?? changed.get(zone.toLowerCase());
    return change !== undefined && at >= change.from ? change.offset : source(zone, at);
  };
}
