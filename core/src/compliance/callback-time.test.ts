import { describe, expect, it } from 'vitest';
import { callbackTime } from './callback-time.js';

const now = new Date('2026-03-09T16:00:00Z');
const ask = (at: string, more: { enforce?: boolean; leadTimeZone?: string | null } = {}) =>
  callbackTime(new Date(at), {
    phone: '+12125550110',
    leadTimeZone: null,
    window: { startMinute: 8 * 60, endMinute: 21 * 60 },
    enforce: true,
    prefixZones: new Map([['1212', ['America/New_York']]]),
    now,
    ...more,
  });

describe('the time of a call-back', () => {
  it('the time of a call-back within the hours of the person is good, also one that has just gone by', () => {
    expect(ask('2026-03-10T13:00:00Z')).toEqual({ kind: 'good' });
    expect(ask('2026-03-09T15:59:30Z')).toEqual({ kind: 'good' });
  });

  it.each([
    ['2026-03-09T15:58:00Z', 'past'],
    ['0026-03-10T15:58:00Z', 'past'],
    ['2027-03-11T15:00:00Z', 'too_far'],
    ['9999-12-31T15:00:00Z', 'too_far'],
  ])('%s is refused as %s', (at, because) => {
    expect(ask(at)).toMatchObject({ kind: 'refused', because });
    expect(ask(at, { enforce: false })).toMatchObject({ kind: 'refused', because });
  });

  it('the time of a call-back at night there is refused with the hour there and the next good time', () => {
    expect(ask('2026-03-10T07:00:00Z')).toEqual({
      kind: 'refused',
      because: 'outside_window',
      message:
        'is 03:00 on 10 March 2026 in America/New_York, outside calling hours (8:00 to 21:00) in America/New_York; ' +
        'the next good time there is 08:00 on 10 March 2026 in America/New_York',
      nextGood: new Date('2026-03-10T12:00:00Z'),
    });
    expect(ask('2026-03-10T07:00:00Z', { leadTimeZone: 'Europe/London' })).toMatchObject({
      because: 'outside_window',
    });
    expect(ask('2026-03-10T09:00:00Z', { leadTimeZone: 'Europe/London' })).toEqual({
      kind: 'good',
    });
  });

  it('the time of a call-back at night there is good where the window is not enforced', () => {
    expect(ask('2026-03-10T07:00:00Z', { enforce: false })).toEqual({ kind: 'good' });
  });
});
