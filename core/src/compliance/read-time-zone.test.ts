import { describe, expect, it } from 'vitest';
import { mayCall } from './calling-window.js';
import { isKnownZone } from './is-known-zone.js';
import { readTimeZone } from './read-time-zone.js';
import type { PrefixZones } from './zones-of-number.js';

const read = (text: string): string => {
  const answer = readTimeZone(text);
  return answer.ok ? answer.zone : `refused: ${answer.reason}`;
};

describe('the time zone of a lead', () => {
  it.each([
    ['America/New_York', 'America/New_York'],
    [' Europe/Berlin ', 'Europe/Berlin'],
    ['EST', 'America/New_York'],
    ['est', 'America/New_York'],
    ['HST', 'Pacific/Honolulu'],
    ['MST', 'MST'],
    ['EST5EDT', 'America/New_York'],
    ['Eastern Standard Time', 'America/New_York'],
    ['Eastern Daylight Time', 'America/New_York'],
    ['W. Europe Standard Time', 'Europe/Berlin'],
    ['US Mountain Standard Time', 'America/Phoenix'],
    ['Central Standard Time (Mexico)', 'America/Mexico_City'],
    ['CET', 'CET'],
    ['UTC', 'UTC'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
  ])('is read as the clock on the wall there: %s', (text, zone) => {
    expect(read(text)).toBe(zone);
    expect(isKnownZone(zone)).toBe(true);
  });

  it.each(['PST', 'CST', 'EDT', 'AST', 'IST', 'BST'])(
    'is refused as an abbreviation of several places: %s',
    (text) => {
      expect(read(text)).toMatch(/^refused: is an abbreviation/);
    },
  );

  it.each([
    'GMT',
    'GMT+2',
    'UTC+02:00',
    'UTC-5',
    '+05:30',
    '-0500',
    '(GMT-05:00) Eastern Time (US & Canada)',
    'EET',
  ])('is refused as the clock of no place: %s', (text) => {
    expect(read(text)).toMatch(/^refused: is an offset from UTC/);
  });

  it.each(['', 'New York', 'America/Gotham', 'Eastern Time'])(
    'is refused when no such zone exists: "%s"',
    (text) => {
      expect(read(text)).toMatch(/^refused: is not a time zone/);
    },
  );
});

describe('a lead stored with a name that is no wall clock', () => {
  const prefixZones: PrefixZones = new Map([
    ['1', ['America/New_York']],
    ['1212', ['America/New_York']],
    ['1876', ['America/Jamaica']],
  ]);
  const judge = (leadTimeZone: string, now: string, phone = '+12125550123') =>
    mayCall({
      phone,
      leadTimeZone,
      window: { startMinute: 8 * 60, endMinute: 21 * 60 },
      enforce: true,
      prefixZones,
      now: new Date(now),
    });

  it.each([
    // 21:30 in New York in summer, 20:30 on IANA's EST.
    ['EST', '2026-07-15T01:30:00Z', 'not_now'],
    ['EST', '2026-07-15T12:30:00Z', 'clear'],
    ['EST', '2026-01-15T01:30:00Z', 'clear'],
    // 21:30 in Denver in summer; 7:30 in Phoenix.
    ['MST', '2026-07-15T03:30:00Z', 'not_now'],
    ['MST', '2026-07-15T14:30:00Z', 'not_now'],
    ['MST', '2026-07-15T15:30:00Z', 'clear'],
    ['HST', '2026-07-15T18:30:00Z', 'clear'],
    // Exact names mean what they say.
    ['Etc/GMT+5', '2026-07-15T01:30:00Z', 'clear'],
    // 8:30 by GMT, and the middle of the night where the number is.
    ['GMT', '2026-07-15T08:30:00Z', 'not_now'],
  ])('%s is judged by the clocks that it may mean, at %s: %s', (zone, now, kind) => {
    expect(judge(zone, now).kind).toBe(kind);
  });

  it('a lead stored with a name that is no wall clock waits until the hour that opens the place itself', () => {
    expect(judge('EST', '2026-07-15T01:30:00Z')).toMatchObject({
      until: new Date('2026-07-15T12:00:00Z'),
      zones: ['America/New_York'],
    });
  });

  it('a lead stored with a name that is no wall clock is judged by its number as well, where EST is kept in summer', () => {
    expect(judge('EST', '2026-07-15T12:30:00Z', '+18765550123')).toMatchObject({
      kind: 'not_now',
      zones: ['America/New_York', 'America/Jamaica'],
    });
  });

  it('a lead stored with a name that is no wall clock is never called at a premium-rate number that was stored long ago', () => {
    expect(judge('America/New_York', '2026-07-15T15:00:00Z', '+19005551234')).toMatchObject({
      kind: 'not_now',
      rule: 'never_dialed',
      reason: 'its phone number is a premium-rate number, which is never dialed',
    });
  });

  it('a lead stored with a name that is no wall clock is called in Vancouver until 21:00 of the clocks that no longer change', () => {
    expect(judge('America/Vancouver', '2026-12-16T03:59:59Z').kind).toBe('clear');
    expect(judge('America/Vancouver', '2026-12-16T04:00:00Z').kind).toBe('not_now');
    expect(judge('America/Vancouver', '2026-12-16T14:59:59Z').kind).toBe('not_now');
    expect(judge('America/Vancouver', '2026-12-16T15:00:00Z').kind).toBe('clear');
  });
});
