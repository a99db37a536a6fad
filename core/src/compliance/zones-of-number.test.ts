import { describe, expect, it } from 'vitest';
import { type PrefixZones, zonesOfNumber } from './zones-of-number.js';

const prefixZones: PrefixZones = new Map([
  ['1', ['America/New_York', 'America/Denver', 'America/Los_Angeles']],
  ['1212', ['America/New_York']],
  ['1701', ['America/Chicago', 'America/Denver']],
  ['49', ['Europe/Berlin']],
]);

const several: PrefixZones = new Map([
  ['1', ['America/New_York']],
  ['1850', ['America/New_York']],
  ['1850222', ['America/Chicago']],
  ['1907', ['America/Anchorage']],
  ['7', ['Europe/Moscow', 'Asia/Vladivostok', 'Asia/Almaty']],
  ['7495', ['Europe/Moscow']],
  ['77', ['Asia/Almaty']],
  ['61', ['Australia/Sydney', 'Australia/Perth']],
  ['612', ['Australia/Sydney']],
  ['614', ['Australia/Sydney']],
]);

describe('a number of a country with several zones', () => {
  it.each([
    ['+74951234567', 'a fixed line', ['Europe/Moscow']],
    ['+79147050123', 'a Russian mobile', ['Europe/Moscow', 'Asia/Vladivostok']],
    ['+77012345678', 'a Kazakh mobile', ['Asia/Almaty']],
    ['+61291234567', 'a fixed line', ['Australia/Sydney']],
    ['+61412345071', 'an Australian mobile', ['Australia/Sydney', 'Australia/Perth']],
    ['+611800123456', 'freephone', ['Australia/Sydney', 'Australia/Perth']],
  ])('%s (%s) lies where its kind says', (phone, _kind, zones) => {
    expect(zonesOfNumber(phone, several)).toEqual(zones);
  });

  it('a number of a country with several zones has every zone of its area code when its exchange is not listed', () => {
    expect(zonesOfNumber('+18502225555', several)).toEqual(['America/Chicago']);
    expect(zonesOfNumber('+18503335555', several)).toEqual(['America/New_York', 'America/Chicago']);
  });
});

describe('where a number may lie', () => {
  it('the longest known prefix gives the zones of a number', () => {
    expect(zonesOfNumber('+12125550123', prefixZones)).toEqual(['America/New_York']);
    expect(zonesOfNumber('+17015550123', prefixZones)).toEqual([
      'America/Chicago',
      'America/Denver',
    ]);
  });

  it('where a number may lie is anywhere in the country when only the country is known', () => {
    expect(zonesOfNumber('+18005550123', prefixZones)).toHaveLength(4);
    expect(zonesOfNumber('+493012345678', prefixZones)).toEqual(['Europe/Berlin']);
  });

  it('where a number may lie is nowhere when not even the country is known', () => {
    expect(zonesOfNumber('+99912345', prefixZones)).toEqual([]);
    expect(zonesOfNumber('+', prefixZones)).toEqual([]);
  });
});
