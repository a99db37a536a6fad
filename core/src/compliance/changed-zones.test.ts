import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHANGED_ZONES, changesUnknownTo, withChanges } from './changed-zones.js';
import {
  currentOffsets,
  offsetOf,
  rememberedOffsets,
  runtimeOffsets,
  type ZoneOffsets,
} from './zone-offsets.js';

const HOUR = 3_600_000;

/** Clocks that change as they did until 2026, whatever this runtime has. */
const AS_BEFORE: Readonly<Record<string, readonly [summer: number, winter: number]>> = {
  'america/vancouver': [-7, -8],
  'america/edmonton': [-6, -7],
  'america/inuvik': [-6, -7],
  'america/winnipeg': [-5, -6],
  'africa/casablanca': [1, 1],
};
const old: ZoneOffsets = (zone, at) => {
  const [summer, winter] = AS_BEFORE[zone.toLowerCase()] ?? [0, 0];
  return (at < Date.parse('2026-11-01T07:00:00Z') ? summer : winter) * HOUR;
};

describe('a runtime whose zone data are old', () => {
  const known = withChanges(old, changesUnknownTo(old, '2025c'));

  it.each([
    ['America/Vancouver', '2026-11-01T09:00:00Z', -7, -7],
    ['America/Edmonton', '2026-11-01T08:00:00Z', -6, -6],
    ['America/Inuvik', '2026-11-01T08:00:00Z', -6, -6],
    ['America/Winnipeg', '2026-11-01T07:00:00Z', -5, -5],
    ['Africa/Casablanca', '2026-09-20T02:00:00Z', 1, 0],
  ])('is corrected in %s from %s on', (zone, change, before, after) => {
    const at = Date.parse(change);
    // This fixture's own clocks change at 07:00Z, an hour or two before those of the west.
    expect(known(zone, Date.parse('2026-09-19T12:00:00Z'))).toBe(before * HOUR);
    expect(known(zone, at)).toBe(after * HOUR);
    expect(known(zone.toLowerCase(), Date.parse('2027-01-15T12:00:00Z'))).toBe(after * HOUR);
    expect(known(zone, Date.parse('2027-07-15T12:00:00Z'))).toBe(after * HOUR);
  });

  it('a runtime whose zone data are old is believed before a change, and everywhere else', () => {
    const zones = fc.constantFrom(...Object.keys(AS_BEFORE), 'europe/berlin');
    fc.assert(
      fc.property(zones, fc.date({ noInvalidDate: true }), (zone, date) => {
        const change = CHANGED_ZONES.find(({ names }) => names.includes(zone));
        fc.pre(change === undefined || date.getTime() < change.from);
        expect(known(zone, date.getTime())).toBe(old(zone, date.getTime()));
      }),
      { seed: 3 },
    );
  });
});

describe('the corrections', () => {
  const fresh: ZoneOffsets = (zone, at) => {
    const change = CHANGED_ZONES.find(({ names }) => names.includes(zone.toLowerCase()));
    return change !== undefined && at >= change.from ? change.offset : old(zone, at);
  };

  it('step aside where the runtime knows a change', () => {
    expect(changesUnknownTo(fresh)).toEqual([]);
    const partly: ZoneOffsets = (zone, at) =>
      zone.toLowerCase() === 'america/vancouver' ? fresh(zone, at) : old(zone, at);
    expect(changesUnknownTo(partly).map(({ place }) => place)).not.toContain('British Columbia');
    expect(changesUnknownTo(partly)).toHaveLength(CHANGED_ZONES.length - 1);
  });

  it('step aside for every newer release, which may know of another change', () => {
    expect(changesUnknownTo(old, '2026e')).toEqual([]);
    expect(changesUnknownTo(old, '2027a')).toEqual([]);
  });

  it.each([undefined, '2025c', '2026d', 'unknown', ''])(
    'are used with data of release %s',
    (version) => {
      expect(changesUnknownTo(old, version)).toHaveLength(CHANGED_ZONES.length);
    },
  );
});

describe('local time in this runtime', () => {
  it.each([
    ['America/Vancouver', -7],
    ['Canada/Pacific', -7],
    ['America/Edmonton', -6],
    ['America/Inuvik', -6],
    ['America/Winnipeg', -5],
    ['Africa/Casablanca', 0],
  ])('is that of winter 2026/27 in %s, whatever its data', (zone, hours) => {
    const winter = Date.parse('2026-12-15T12:00:00Z');
    for (const offsets of [offsetOf, currentOffsets(), rememberedOffsets()]) {
      expect(offsets(zone, winter)).toBe(hours * HOUR);
    }
  });

  it('local time in this runtime is the runtime’s in the last summer before the change, and in every other zone', () => {
    const instants = fc.integer({
      min: Date.parse('2025-01-01T00:00:00Z'),
      max: Date.parse('2026-09-01T00:00:00Z'),
    });
    const zones = ['America/Vancouver', 'America/Winnipeg', 'America/Regina', 'Europe/Berlin'];
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, (zone, at) => {
        expect(offsetOf(zone, at)).toBe(runtimeOffsets(zone, at));
      }),
      { seed: 4 },
    );
  });

  it('local time in this runtime is remembered as it is around each change', () => {
    const remembered = rememberedOffsets();
    for (const { names, from } of CHANGED_ZONES) {
      for (const name of names) {
        for (const off of [-2 * HOUR, -HOUR, -1, 0, 1, HOUR, 24 * HOUR]) {
          expect(remembered(name, from + off), `${name} ${off}`).toBe(offsetOf(name, from + off));
        }
      }
    }
  });
});
