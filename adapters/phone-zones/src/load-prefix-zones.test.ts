import { isKnownZone, mayCall, type PrefixZones, zonesOfNumber } from '@outdial/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadPrefixZones } from './load-prefix-zones.js';

let prefixZones: PrefixZones;
beforeAll(async () => {
  prefixZones = await loadPrefixZones();
});
const zonesOf = (phone: string): readonly string[] => zonesOfNumber(phone, prefixZones);

describe('where a number may lie', () => {
  it('is New York for a New York number', () => {
    expect(zonesOf('+12125550123')).toEqual(['America/New_York']);
  });

  it('is Germany for any German number', () => {
    expect(zonesOf('+493012345678')).toEqual(['Europe/Berlin']);
    expect(zonesOf('+4915112345678')).toEqual(['Europe/Berlin']);
  });

  it('is either zone of a prefix that lies in several', () => {
    expect(zonesOf('+17015550123')).toEqual(
      expect.arrayContaining(['America/North_Dakota/Center', 'America/Denver']),
    );
    expect(zonesOf('+525512345678').length).toBeGreaterThan(0);
  });

  it('is anywhere in North America for a toll-free number', () => {
    const zones = zonesOf('+18005550199');
    expect(zones.length).toBeGreaterThan(30);
    expect(zones).toEqual(
      expect.arrayContaining(['America/New_York', 'Pacific/Honolulu', 'America/St_Johns']),
    );
  });

  it('is known for the demonstration’s numbers', () => {
    expect(zonesOf('+12025550100')).toEqual(['America/New_York']);
  });

  it('is never "unknown", and always a zone that this machine can tell the time in', () => {
    const zones = new Set([...prefixZones.values()].flat());
    expect(zones.size).toBeGreaterThan(200);
    expect([...zones].filter((zone) => !isKnownZone(zone))).toEqual([]);
  });

  it('leaves no number without a time at which it may be called: even a toll-free one has its hours', () => {
    const window = { startMinute: 8 * 60, endMinute: 21 * 60 };
    const closed = [...prefixZones.keys()].filter((prefix) => {
      const answer = mayCall({
        phone: `+${prefix}`,
        leadTimeZone: null,
        window,
        enforce: true,
        prefixZones,
        now: new Date('2026-01-15T12:00:00Z'),
      });
      return answer.kind === 'not_now' && answer.reason.includes('never');
    });
    expect(closed).toEqual([]);
  });
});
