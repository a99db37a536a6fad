import { describe, expect, it } from 'vitest';
import { toE164 } from './phone-match.js';

describe('a number as Aircall shows it', () => {
  it.each([
    ['+1 202-555-0143', null, '+12025550143'],
    ['+44 20 7946 0100', 'US', '+442079460100'],
    ['+44 (0)20 7946 0100', null, '+442079460100'],
    ['020 7946 0100', 'GB', '+442079460100'],
    ['0044 20 7946 0100', 'FR', '+442079460100'],
    ['06 39 98 12 34', 'fr', '+33639981234'],
    ['+999 12 34 56 78', null, '+99912345678'],
  ])('%s seen from %s is %s', (shown, country, e164) => {
    expect(toE164(shown, country)).toBe(e164);
  });

  it.each([
    ['anonymous', 'US'],
    ['020 7946 0100', null],
    ['020 7946 0100', 'ZZ'],
    ['', 'US'],
    ['+', 'US'],
  ])('%j seen from %s cannot be told', (shown, country) => {
    expect(toE164(shown, country)).toBeUndefined();
  });
});
