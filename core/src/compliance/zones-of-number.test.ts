import { describe, expect, it } from 'vitest';
import { type PrefixZones, zonesOfNumber } from './zones-of-number.js';

const prefixZones: PrefixZones = new Map([
  ['1', ['America/New_York', 'America/Denver', 'America/Los_Angeles']],
  ['1212', ['America/New_York']],
  ['1701', ['America/Chicago', 'America/Denver']],
  ['49', ['Europe/Berlin']],
]);

describe('where a number may lie', () => {
  it('is told by the longest prefix that is known', () => {
    expect(zonesOfNumber('+12125550123', prefixZones)).toEqual(['America/New_York']);
    expect(zonesOfNumber('+17015550123', prefixZones)).toEqual([
      'America/Chicago',
      'America/Denver',
    ]);
  });

  it('is anywhere in the country when only the country is known', () => {
    expect(zonesOfNumber('+18005550123', prefixZones)).toHaveLength(3);
    expect(zonesOfNumber('+493012345678', prefixZones)).toEqual(['Europe/Berlin']);
  });

  it('is nowhere when not even the country is known', () => {
    expect(zonesOfNumber('+99912345', prefixZones)).toEqual([]);
    expect(zonesOfNumber('+', prefixZones)).toEqual([]);
  });
});
