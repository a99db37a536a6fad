import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { type CallingWindowQuestion, mayCall, type NotNow } from './calling-window.js';
import { rememberedOffsets } from './zone-offsets.js';
import type { PrefixZones } from './zones-of-number.js';

const eightToNine = { startMinute: 8 * 60, endMinute: 21 * 60 };
const prefixZones: PrefixZones = new Map([
  ['1', ['America/New_York', 'America/Chicago', 'America/Los_Angeles', 'Pacific/Honolulu']],
  ['1202', ['America/New_York']],
  ['1701', ['America/Chicago', 'America/Denver']],
  ['49', ['Europe/Berlin']],
  ['800', ['America/New_York', 'Europe/Berlin', 'Asia/Tokyo']],
  ['699', ['America/Phoenix', 'Europe/London']],
  ['666', ['Nowhere/At_All']],
]);

const ask = (now: string, over: Partial<CallingWindowQuestion> = {}) =>
  mayCall({
    phone: '+12025550123',
    leadTimeZone: null,
    window: eightToNine,
    enforce: true,
    prefixZones,
    now: new Date(now),
    ...over,
  });

const clearUntil = (answer: ReturnType<typeof mayCall>): string | null | undefined =>
  answer.kind === 'clear' ? (answer.clearance.until?.toISOString() ?? null) : undefined;

const refusal = (answer: ReturnType<typeof mayCall>): NotNow => {
  if (answer.kind !== 'not_now') throw new Error('it is clear');
  return answer;
};
const notBefore = (answer: ReturnType<typeof mayCall>): string =>
  refusal(answer).until.toISOString();

describe('calling hours', () => {
  it('allow a call from 8:00 on where the lead is, to the second', () => {
    expect(ask('2026-01-15T12:59:59.999Z').kind).toBe('not_now');
    expect(ask('2026-01-15T13:00:00.000Z').kind).toBe('clear');
  });

  it('calling hours end at 21:00 where the lead is: one call at 20:59:59, none at 21:00:00', () => {
    expect(ask('2026-01-16T01:59:59.999Z').kind).toBe('clear');
    expect(ask('2026-01-16T02:00:00.000Z').kind).toBe('not_now');
  });

  it('calling hours say until when the permission holds, and what it rests on', () => {
    expect(ask('2026-01-15T15:30:00Z')).toEqual({
      kind: 'clear',
      clearance: {
        decidedAt: new Date('2026-01-15T15:30:00Z'),
        rule: 'inside_window',
        zones: ['America/New_York'],
        until: new Date('2026-01-16T02:00:00Z'),
      },
    });
  });

  it('calling hours say where it is too early, and when it no longer is', () => {
    expect(ask('2026-01-15T10:00:00Z', { leadTimeZone: 'America/Denver' })).toEqual({
      kind: 'not_now',
      rule: 'outside_calling_window',
      until: new Date('2026-01-15T15:00:00Z'),
      zones: ['America/Denver'],
      reason: 'outside calling hours (8:00 to 21:00) in America/Denver',
    });
  });

  it('calling hours go by the lead’s own zone, whatever the number’s prefix says', () => {
    // A New Yorker's phone in Berlin: 9:00 there, 3:00 in New York.
    expect(ask('2026-01-15T08:00:00Z', { leadTimeZone: 'Europe/Berlin' }).kind).toBe('clear');
    expect(ask('2026-01-15T22:00:00Z', { leadTimeZone: 'Europe/Berlin' }).kind).toBe('not_now');
  });

  it('the zones follow the prefix when the lead’s zone has an unknown name', () => {
    const answer = ask('2026-01-15T10:00:00Z', { leadTimeZone: 'Eastern time' });
    expect(refusal(answer).zones).toEqual(['America/New_York']);
  });

  it('calling hours must be kept in every zone that the prefix may lie in', () => {
    const northDakota = { phone: '+17015550123' };
    expect(ask('2026-01-15T14:30:00Z', northDakota).kind).toBe('not_now'); // 8:30 and 7:30
    expect(ask('2026-01-15T15:00:00Z', northDakota).kind).toBe('clear'); // 9:00 and 8:00
    expect(clearUntil(ask('2026-01-15T15:00:00Z', northDakota))).toBe('2026-01-16T03:00:00.000Z');
  });

  it('calling hours of a toll-free number open when Hawaii wakes up and close when New York goes to bed', () => {
    const tollFree = { phone: '+18005550123' };
    expect(notBefore(ask('2026-01-15T14:00:00Z', tollFree))).toBe('2026-01-15T18:00:00.000Z');
    expect(clearUntil(ask('2026-01-15T18:00:00Z', tollFree))).toBe('2026-01-16T02:00:00.000Z');
    const evening = refusal(ask('2026-01-16T02:00:00Z', tollFree));
    expect(evening.until.toISOString()).toBe('2026-01-16T18:00:00.000Z');
    expect(evening.reason).toBe('outside calling hours (8:00 to 21:00) in America/New_York');
  });

  it('calling hours are a queue’s own when it says so', () => {
    const office = { window: { startMinute: 9 * 60 + 30, endMinute: 17 * 60 } };
    expect(notBefore(ask('2026-01-15T14:00:00Z', office))).toBe('2026-01-15T14:30:00.000Z');
    expect(clearUntil(ask('2026-01-15T14:30:00Z', office))).toBe('2026-01-15T22:00:00.000Z');
  });

  it('calling hours do not matter where no real phone rings', () => {
    expect(ask('2026-01-15T05:00:00Z', { enforce: false })).toEqual({
      kind: 'clear',
      clearance: {
        decidedAt: new Date('2026-01-15T05:00:00Z'),
        rule: 'window_off',
        zones: [],
        until: null,
      },
    });
  });

  it('calling hours of a whole day never end', () => {
    const always = { window: { startMinute: 0, endMinute: 24 * 60 } };
    expect(clearUntil(ask('2026-01-15T05:00:00Z', always))).toBeNull();
  });

  it('calling hours that end at midnight end at midnight', () => {
    const late = { window: { startMinute: 8 * 60, endMinute: 24 * 60 } };
    expect(clearUntil(ask('2026-01-15T15:00:00Z', late))).toBe('2026-01-16T05:00:00.000Z');
  });
});

describe('calling hours when the clocks change', () => {
  it('calling hours when the clocks change begin an hour earlier in UTC on the morning after New York went to summer time', () => {
    expect(notBefore(ask('2026-03-08T05:00:00Z'))).toBe('2026-03-08T12:00:00.000Z');
    expect(notBefore(ask('2026-03-07T05:00:00Z'))).toBe('2026-03-07T13:00:00.000Z');
  });

  it('calling hours when the clocks change begin an hour later in UTC on the morning after New York left summer time', () => {
    expect(notBefore(ask('2026-11-01T05:00:00Z'))).toBe('2026-11-01T13:00:00.000Z');
    expect(notBefore(ask('2026-10-31T05:00:00Z'))).toBe('2026-10-31T12:00:00.000Z');
  });

  it('calling hours when the clocks change that begin in the hour which is skipped begin when the clock jumps over it', () => {
    const early = { window: { startMinute: 2 * 60 + 30, endMinute: 21 * 60 } };
    expect(notBefore(ask('2026-03-08T06:30:00Z', early))).toBe('2026-03-08T07:00:00.000Z');
  });

  it('calling hours when the clocks change that end in the hour which comes twice end twice', () => {
    const night = { window: { startMinute: 0, endMinute: 90 } };
    expect(clearUntil(ask('2026-11-01T05:10:00Z', night))).toBe('2026-11-01T05:30:00.000Z');
    expect(notBefore(ask('2026-11-01T05:40:00Z', night))).toBe('2026-11-01T06:00:00.000Z');
    expect(clearUntil(ask('2026-11-01T06:10:00Z', night))).toBe('2026-11-01T06:30:00.000Z');
  });
});

describe('a number that cannot be judged', () => {
  it('a number that cannot be judged is not called when its zones are never awake together, and says what would help', () => {
    const satellite = refusal(ask('2026-01-15T15:00:00Z', { phone: '+800123456789' }));
    expect(satellite.until.toISOString()).toBe('2026-01-16T15:00:00.000Z');
    expect(satellite.reason).toBe(
      'America/New_York, Europe/Berlin and Asia/Tokyo are never inside calling hours (8:00 to 21:00) at the same time; ' +
        "set the lead's time zone to have it called",
    );
  });

  it('a number that cannot be judged is called in the season that brings its zones within reach of each other', () => {
    // Phoenix keeps its clocks, London does not: 7 hours apart in winter, 8 in summer; a window of 7.5 hours.
    const window = { startMinute: 9 * 60, endMinute: 16 * 60 + 30 };
    const phone = '+699612345678';
    expect(notBefore(ask('2026-01-15T10:00:00Z', { phone, window }))).toBe(
      '2026-01-15T16:00:00.000Z',
    );
    expect(refusal(ask('2026-07-15T10:00:00Z', { phone, window })).reason).toContain('never');
    // The evening before London leaves summer time: the next day has its half hour again.
    expect(notBefore(ask('2026-10-24T20:00:00Z', { phone, window }))).toBe(
      '2026-10-25T16:00:00.000Z',
    );
  });

  it('a number that cannot be judged is not called when no zone is known for its prefix', () => {
    const unknown = refusal(ask('2026-01-15T15:00:00Z', { phone: '+99912345678' }));
    expect(unknown.zones).toEqual([]);
    expect(unknown.reason).toContain('no time zone is known');
    expect(unknown.until.toISOString()).toBe('2026-01-16T15:00:00.000Z');
  });

  it('a number that cannot be judged is not called when this machine does not know its zone', () => {
    expect(refusal(ask('2026-01-15T15:00:00Z', { phone: '+66612345678' })).reason).toContain(
      'Nowhere/At_All',
    );
  });

  it('a number that cannot be judged is not called in a window that ends before it begins', () => {
    const window = { startMinute: 21 * 60, endMinute: 8 * 60 };
    expect(refusal(ask('2026-01-15T15:00:00Z', { window })).reason).toContain('empty');
  });
});

// --- the same, for any zones, window and instant -----------------------------------------------------------------

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Clocks that stopped changing in 2026, which this runtime may not know. */
const stopped: Readonly<Record<string, readonly [from: string, zone: string]>> = {
  'Africa/Casablanca': ['2026-09-20T02:00:00Z', 'UTC'],
  'America/Vancouver': ['2026-11-01T09:00:00Z', 'UTC-7'],
  'America/Winnipeg': ['2026-11-01T07:00:00Z', 'UTC-5'],
};
const clockOf = (zone: string, at: number): string => {
  const [from, fixed] = stopped[zone] ?? [];
  return from !== undefined && fixed !== undefined && at >= Date.parse(from) ? fixed : zone;
};

/** The rule, once more and as plainly as can be: what the wall clock shows there. */
const wallClockIsInside = (zone: string, at: number, window: typeof eightToNine): boolean => {
  const local = DateTime.fromMillis(at, { zone: clockOf(zone, at) });
  const minute = local.hour * 60 + local.minute;
  return minute >= window.startMinute && minute < window.endMinute;
};
const allInside = (zones: readonly string[], at: number, window: typeof eightToNine): boolean =>
  zones.every((zone) => wallClockIsInside(zone, at, window));

const zoneNames = [
  'America/New_York',
  'America/Denver',
  'America/Phoenix',
  'America/St_Johns',
  'Pacific/Honolulu',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Pacific/Chatham',
  'Europe/Berlin',
  'Europe/London',
  'Africa/Casablanca',
  'America/Vancouver',
  'America/Winnipeg',
  'Asia/Tokyo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Australia/Adelaide',
  'America/Havana',
  'Atlantic/Azores',
];
/** Each is within hours of a change of the clocks somewhere in the list. */
const troubledDays = [
  '2026-03-08T07:00:00Z',
  '2026-03-29T01:00:00Z',
  '2026-04-04T15:00:00Z',
  '2026-10-03T15:30:00Z',
  '2026-10-25T01:00:00Z',
  '2026-11-01T06:00:00Z',
  '2026-02-15T02:00:00Z',
  '2026-03-22T02:00:00Z',
];

const anyInstant = fc.oneof(
  fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2027-12-31T00:00:00Z') }),
  fc
    .tuple(fc.constantFrom(...troubledDays), fc.integer({ min: -30 * HOUR, max: 30 * HOUR }))
    .map(([day, off]) => Date.parse(day) + off),
);
const anyWindow = fc
  .tuple(fc.integer({ min: 0, max: 1438 }), fc.integer({ min: 1, max: 1440 }))
  .map(([startMinute, length]) => ({
    startMinute,
    endMinute: Math.min(1440, startMinute + length),
  }));
const someWindow = fc.oneof(fc.constant(eightToNine), anyWindow);
const someZones = fc.uniqueArray(fc.constantFrom(...zoneNames), { minLength: 1, maxLength: 5 });

const judge = (zones: readonly string[], at: number, window: typeof eightToNine) =>
  mayCall({
    phone: '+12025550123',
    leadTimeZone: null,
    window,
    enforce: true,
    prefixZones: new Map([['1', zones]]),
    now: new Date(at),
    offsets,
  });
const offsets = rememberedOffsets();

describe('calling hours, for any zones, hours and instant', () => {
  it('clear a call exactly when every zone is inside', () => {
    fc.assert(
      fc.property(someZones, anyInstant, someWindow, (zones, at, window) => {
        expect(judge(zones, at, window).kind === 'clear').toBe(allInside(zones, at, window));
      }),
      { numRuns: 1000, seed: 2 },
    );
  });

  it('calling hours, for any zones, hours and instant never let a clearance outlive the first zone that closes, nor end before that', () => {
    fc.assert(
      fc.property(someZones, anyInstant, someWindow, (zones, at, window) => {
        const answer = judge(zones, at, window);
        if (answer.kind !== 'clear') return;
        const end = answer.clearance.until?.getTime();
        if (end === undefined) {
          expect(window).toEqual({ startMinute: 0, endMinute: 1440 });
          return;
        }
        expect(end).toBeGreaterThan(at);
        expect(allInside(zones, end, window)).toBe(false);
        expect(allInside(zones, end - 1, window)).toBe(true);
        for (let then = at; then < end; then += 15 * MINUTE) {
          expect(allInside(zones, then, window)).toBe(true);
        }
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it('calling hours, for any zones, hours and instant are open at the instant that a refusal names, and not before', () => {
    fc.assert(
      fc.property(someZones, anyInstant, someWindow, (zones, at, window) => {
        const answer = judge(zones, at, window);
        if (answer.kind !== 'not_now') return;
        const until = answer.until.getTime();
        if (answer.reason.includes('never')) {
          for (let then = at; then < at + 48 * HOUR; then += 10 * MINUTE) {
            expect(allInside(zones, then, window)).toBe(false);
          }
          expect(until).toBe(at + 24 * HOUR);
          return;
        }
        expect(allInside(zones, until, window)).toBe(true);
        expect(allInside(zones, until - 1, window)).toBe(false);
        for (let then = at; then < until; then += 15 * MINUTE) {
          expect(allInside(zones, then, window)).toBe(false);
        }
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});
