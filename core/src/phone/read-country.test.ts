import { describe, expect, it } from 'vitest';
import { readCountry } from './read-country.js';

describe('the cell of a country column', () => {
  it.each([
    ['DE', 'DE'],
    ['de', 'DE'],
    ['DEU', 'DE'],
    ['Germany', 'DE'],
    ['Deutschland', 'DE'],
    ['ALLEMAGNE', 'DE'],
    ['Alemania', 'DE'],
    ['United States', 'US'],
    ['U.S.A.', 'US'],
    ['The Netherlands', 'NL'],
    ['Royaume-Uni', 'GB'],
    ['UK', 'GB'],
    ['England', 'GB'],
    ['Côte d’Ivoire', 'CI'],
    ['Türkiye', 'TR'],
    ['Россия', 'RU'],
    ['日本', 'JP'],
    ['South Korea', 'KR'],
    ['Viet Nam', 'VN'],
  ])('is read as a code or a name in a common language: %s', (cell, country) => {
    expect(readCountry(cell)).toBe(country);
  });

  it.each([
    ['44', 'GB'],
    ['+44', 'GB'],
    ['0044', 'GB'],
    ['00 44', 'GB'],
    ['44.0', 'GB'],
    ['1', 'US'],
    ['1-809', 'US'],
    ['7', 'RU'],
    ['852', 'HK'],
  ])('is read as a calling code: %s', (cell, country) => {
    expect(readCountry(cell)).toBe(country);
  });

  it.each(['', ' ', 'Texas', 'Congo', 'EU', 'n/a', '999', '870', 'ZZ', '+'])(
    'is left alone when it is no country or two: "%s"',
    (cell) => {
      expect(readCountry(cell)).toBeNull();
    },
  );
});
