import { describe, expect, it } from 'vitest';
import { type DialQuestion, mayDial } from './may-dial.js';

const NOON = new Date('2026-03-09T16:00:00Z');
const ask = (more: Partial<DialQuestion> = {}) =>
  mayDial({
    phone: '+12025550100',
    leadTimeZone: null,
    item: { callback: false, lastOutcome: null },
    calls: [],
    window: { startMinute: 480, endMinute: 1260 },
    enforceWindow: false,
    limits: { gapSeconds: 600, callsPerDay: 3 },
    enforceLimits: false,
    allowedCountries: [],
    prefixZones: new Map([['1', ['America/New_York']]]),
    now: NOON,
    ...more,
  });

describe('the countries that may be called', () => {
  it('the countries that may be called are every country while none is named', () => {
    expect(ask()).toMatchObject({ kind: 'clear', clearance: { rule: 'window_off' } });
  });

  it.each([
    ['+12025550100', ['US', 'DE'], true],
    ['+14165550100', ['US', 'DE'], false],
    ['+447700900123', ['US'], false],
    ['+882160000001', ['US'], false],
  ])(
    'hold %s with %j: may be dialed is %s, also for a promised call-back',
    (phone, allowedCountries, clear) => {
      const item = { callback: true, lastOutcome: null };
      const answer = ask({ phone, allowedCountries, item });
      expect(answer.kind).toBe(clear ? 'clear' : 'not_now');
      if (answer.kind === 'not_now') {
        expect(answer.reason).toContain('which is not among the countries that may be called');
        expect(answer.until).toEqual(new Date(NOON.getTime() + 24 * 3_600_000));
      }
    },
  );
});

it('a number is dialed only inside the window, and apart from earlier calls, where these are enforced', () => {
  const calls = [{ dialedAt: NOON, endedAt: NOON }];
  const night = new Date('2026-03-09T06:00:00Z');
  expect(ask({ now: night, enforceWindow: true })).toMatchObject({ kind: 'not_now' });
  expect(ask({ calls, enforceLimits: true })).toMatchObject({ kind: 'not_now' });
  expect(ask({ calls, enforceWindow: true })).toMatchObject({
    kind: 'clear',
    clearance: { rule: 'inside_window', contact: null },
  });
  expect(ask({ enforceLimits: true })).toMatchObject({
    clearance: { contact: { callsToday: 0, callsPerDay: 3 } },
  });
});
