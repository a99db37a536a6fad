import { getCountries, Metadata, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, it } from 'vitest';
import { callingCodeOf, isAssigned, kindOf, planOf } from './number-plan.js';

describe('the kind of a number', () => {
  it('the kind of a number is what the library says, in every country', () => {
    for (const country of getCountries()) {
      const national = examples[country];
      if (national === undefined) continue;
      const e164 = `+${planOf(country).callingCode}${national}`;
      const read = parsePhoneNumberFromString(e164);
      expect(kindOf(e164), e164).toEqual({
        type: read?.getType(),
        callingCode: read?.countryCallingCode,
        country: read?.country,
      });
    }
  });

  it.each([
    ['+12025550123', 'FIXED_LINE_OR_MOBILE'],
    ['+18005550199', 'TOLL_FREE'],
    ['+19005551234', 'PREMIUM_RATE'],
    ['+493012345678', 'FIXED_LINE'],
    ['+4915112345678', 'MOBILE'],
    ['+491801234567', 'SHARED_COST'],
    ['+447012345678', 'PERSONAL_NUMBER'],
    ['+443331234567', 'UAN'],
    ['+97912345678', 'PREMIUM_RATE'],
    ['+447700900123', null],
  ])('of %s is %s', (e164, type) => {
    expect(kindOf(e164)?.type).toBe(type);
  });

  it('the kind of a number is unknown where no country code fits', () => {
    expect(kindOf('+9991234567')).toBeNull();
    expect(isAssigned('+9991234567')).toBe(false);
    expect(callingCodeOf('')).toBeNull();
  });
});

describe('a country’s plan', () => {
  it('a country’s plan is read from methods that the library does not publish, and still has', () => {
    const metadata = new Metadata();
    metadata.selectNumberingPlan('DE');
    const plan = metadata.numberingPlan as unknown as Record<string, unknown>;
    for (const method of [
      'nationalPrefix',
      'nationalPrefixForParsing',
      'nationalPrefixTransformRule',
      'nationalNumberPattern',
      'type',
      'leadingDigits',
    ]) {
      expect(plan[method], method).toBeTypeOf('function');
    }
  });

  it.each([
    ['DE', '0', true, true],
    ['GB', '0', false, false],
    ['IT', null, true, true],
    ['RU', '8', false, true],
    ['BR', '0', false, false],
  ] as const)('knows trunk prefix and free length: %s', (country, trunk, freeLength, simple) => {
    expect(planOf(country)).toMatchObject({ trunk, freeLength, simple });
  });

  it.each([
    ['AU', '0011', true],
    ['AU', '00', false],
    ['ID', '001', true],
    ['HK', '001', true],
    ['JP', '010', true],
    ['BR', '0021', true],
    ['RU', '810', true],
  ] as const)('%s dials %s abroad: %s', (country, prefix, expected) => {
    expect(planOf(country).idd.test(prefix)).toBe(expected);
  });
});
