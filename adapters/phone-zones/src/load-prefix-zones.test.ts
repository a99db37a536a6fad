import { isKnownZone, mayCall, type PrefixZones, zonesOfNumber } from '@outdial/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadPrefixZones } from './load-prefix-zones.js';

let prefixZones: PrefixZones;
beforeAll(async () => {
  prefixZones = await loadPrefixZones();
});
const zonesOf = (phone: string): readonly string[] => zonesOfNumber(phone, prefixZones);

describe('where a number may lie', () => {
  it('where a number may lie is New York for a New York number', () => {
    expect(zonesOf('+12125550123')).toEqual(['America/New_York']);
  });

  it('where a number may lie is Germany for any German number', () => {
    expect(zonesOf('+493012345678')).toEqual(['Europe/Berlin']);
    expect(zonesOf('+4915112345678')).toEqual(['Europe/Berlin']);
  });

  it('where a number may lie is either zone of a prefix that lies in several', () => {
    expect(zonesOf('+17015550123')).toEqual(
      expect.arrayContaining(['America/North_Dakota/Center', 'America/Denver']),
    );
    expect(zonesOf('+525512345678').length).toBeGreaterThan(0);
  });

  it.each([
    ['+79147050123', ['Europe/Moscow', 'Asia/Vladivostok', 'Asia/Kamchatka', 'Europe/Kaliningrad']],
    ['+61412345071', ['Australia/Sydney', 'Australia/Perth', 'Australia/Brisbane']],
    ['+6282112345678', ['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura']],
    ['+5511987654321', ['America/Sao_Paulo', 'America/Manaus', 'America/Rio_Branco']],
    ['+525512345678', ['America/Mexico_City', 'America/Tijuana', 'America/Cancun']],
    ['+34612345678', ['Europe/Madrid', 'Atlantic/Canary']],
    ['+351912345678', ['Europe/Lisbon', 'Atlantic/Azores']],
    ['+56912345678', ['America/Santiago', 'Pacific/Easter']],
  ])('is anywhere in the country for a mobile: %s', (phone, zones) => {
    expect(zonesOf(phone)).toEqual(expect.arrayContaining(zones));
  });

  it('where a number may lie is its own country for a mobile where two share a code', () => {
    expect(zonesOf('+77012345678')).not.toContain('Europe/Moscow');
    expect(zonesOf('+79147050123')).not.toContain('Asia/Almaty');
  });

  it('where a number may lie is the place of a fixed line', () => {
    expect(zonesOf('+74951234567')).toEqual(['Europe/Moscow']);
    expect(zonesOf('+74012123456')).toEqual(['Europe/Kaliningrad']);
    expect(zonesOf('+61291234567')).toEqual(expect.arrayContaining(['Australia/Sydney']));
  });

  it.each([
    ['+18501115555', ['America/New_York', 'America/Chicago']],
    ['+13649995555', ['America/New_York', 'America/Chicago']],
    ['+16059995555', ['America/Chicago', 'America/Denver']],
    ['+12089995555', ['America/Boise', 'America/Los_Angeles']],
    ['+19869995555', ['America/Boise', 'America/Los_Angeles']],
    ['+14589995555', ['America/Los_Angeles', 'America/Boise']],
    ['+19289995555', ['America/Phoenix', 'America/Denver']],
    ['+17789995555', ['America/Vancouver', 'America/Edmonton']],
    ['+18679995555', ['America/Whitehorse', 'America/Inuvik', 'America/Toronto']],
    ['+18079995555', ['America/Toronto', 'America/Winnipeg', 'America/Chicago']],
  ])('is every zone of a split area code whose exchange is not listed: %s', (phone, zones) => {
    expect(zonesOf(phone)).toEqual(expect.arrayContaining(zones));
  });

  it('where a number may lie is one clock in the provinces that stopped changing theirs', () => {
    expect(zonesOf('+16045550123')).toEqual(['America/Vancouver']);
    expect(zonesOf('+14035550123')).toEqual(['America/Edmonton']);
    expect(zonesOf('+12045550123')).toEqual(['America/Winnipeg']);
  });

  it('where a number may lie is anywhere in North America for a toll-free number', () => {
    const zones = zonesOf('+18005550199');
    expect(zones.length).toBeGreaterThan(30);
    expect(zones).toEqual(
      expect.arrayContaining(['America/New_York', 'Pacific/Honolulu', 'America/St_Johns']),
    );
  });

  it('where a number may lie is known for the demonstration’s numbers', () => {
    expect(zonesOf('+12025550100')).toEqual(['America/New_York']);
  });

  it('where a number may lie is never "unknown", and always a zone that this machine can tell the time in', () => {
    const zones = new Set([...prefixZones.values()].flat());
    expect(zones.size).toBeGreaterThan(200);
    expect([...zones].filter((zone) => !isKnownZone(zone))).toEqual([]);
  });

  it('where a number may lie leaves no number without a time at which it may be called: even a toll-free one has its hours', () => {
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
