import fc from 'fast-check';
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { normalizePhone } from './normalize-phone.js';

const parsePhone = (input: string, country?: string) => normalizePhone(input, { country });

const e164 = (input: string, country?: string): string => {
  const parsed = parsePhone(input, country);
  return parsed.ok ? parsed.phone : `refused: ${parsed.reason}`;
};
const reason = (input: string, country?: string): string => {
  const parsed = parsePhone(input, country);
  return parsed.ok ? `accepted: ${parsed.phone}` : parsed.reason;
};

describe('a phone number', () => {
  it.each([
    ['+12025550123', '+12025550123'],
    ['+1 (202) 555-0123', '+12025550123'],
    ['1.202.555.0123', '+12025550123'],
    ['(202) 555 0123', '+12025550123'],
    ['202-555-0123', '+12025550123'],
    ['202‑555–0123', '+12025550123'],
    ['001 202 555 0123', '+12025550123'],
    ['011 49 30 1234567', '+49301234567'],
    ['0049 30 1234567', '+49301234567'],
    ['+49 (0)30 123-4567', '+49301234567'],
    ['(+49) 30 / 1234567', '+49301234567'],
    ['+44 20 7946 0123', '+442079460123'],
    ['+39 06 1234567', '+39061234567'],
    ['+39 (0)6 1234567', '+39061234567'],
  ])('is understood in the US as it is written: %s', (input, expected) => {
    expect(e164(input, 'US')).toBe(expected);
  });

  it.each([
    ['030 1234567', 'DE', '+49301234567'],
    ['030/1234567', 'de', '+49301234567'],
    ['00 44 20 7946 0123', 'DE', '+442079460123'],
    ['020 7946 0123', 'GB', '+442079460123'],
    ['01 76 36 06 95', 'FR', '+33176360695'],
    ['06 12 34 56 78', ' fr ', '+33612345678'],
  ])('is understood in national form: %s in %s', (input, country, expected) => {
    expect(e164(input, country)).toBe(expected);
  });

  it.each([
    ["'+12025550123", 'a leading apostrophe'],
    ['="+12025550123"', 'a formula that kept a spreadsheet away'],
    ['"+1 202 555 0123"', 'quotation marks'],
    ['12025550123.0', 'a decimal point from floating numbers'],
    ['tel:+1-202-555-0123', 'a link'],
    ['\u202A+1 202 555 0123\u202C', 'direction marks from an address book'],
    ['\uFEFF202 555 0123', 'a byte order mark'],
    ['\u00A0202\u00A0555\u00A00123 ', 'spaces that do not break'],
    ['＋１２０２５５５０１２３', 'full-width digits'],
  ])('is found inside %s (%s)', (input) => {
    expect(e164(input, 'US')).toBe('+12025550123');
  });

  it.each([
    '+12025550100',
    '+15555550123',
    '+15551234567',
    '+447700900123',
    '+61491570156',
    '+18005550199',
  ])('may be fictional, as in demonstrations: %s', (input) => {
    expect(e164(input)).toBe(input);
  });

  it('a phone number of the North American plan is read as the metadata reads it, however it is written', () => {
    const digit = (from: number) => fc.integer({ min: from, max: 9 });
    const number = fc
      .tuple(digit(1), digit(0), digit(0), digit(0), fc.integer({ min: 100_000, max: 9_999_999 }))
      .map(([first, ...rest]) => `${first}${rest.join('')}`);
    const form = fc.constantFrom<(n: string) => string>(
      (n) => n,
      (n) => `1${n}`,
      (n) => `+1 ${n}`,
      (n) => `(${n.slice(0, 3)}) ${n.slice(3, 6)}-${n.slice(6)}`,
      (n) => `1-${n.slice(0, 3)}.${n.slice(3)}`,
    );
    fc.assert(
      fc.property(number, form, fc.constantFrom('US', 'CA', 'JM', 'PR'), (digits, write, where) => {
        const written = write(digits);
        const read = parsePhoneNumberFromString(written, where as CountryCode);
        const answer = normalizePhone(written, { country: where });
        if (answer.ok) expect(read?.number).toBe(answer.phone);
        else {
          const known = !read?.isPossible() || /^\+1(?:[01]|.11)/.test(read.number);
          const abroad = /with a \+ that was lost|never dialed/.test(answer.reason);
          expect(known || abroad, answer.reason).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a phone number that cannot be dialed', () => {
  it.each([
    ['555-0123', 'US', 'is too short for a number in the US'],
    ['+1555', 'US', 'is too short for a number with the country code +1'],
    [
      '12',
      undefined,
      'has no country: write it with + and the country code, or set a default country',
    ],
    ['+1', undefined, 'is too short to be one'],
    [
      '030 12345678901234567',
      'DE',
      'is too long for a number in Germany; write a number abroad with + and its country code',
    ],
    [
      '493012345678',
      'US',
      'is too long for a number in the US; write a number abroad with + and its country code',
    ],
    [
      '202 555 0123',
      undefined,
      'has no country: write it with + and the country code, or set a default country',
    ],
    ['+999 123 4567', 'US', 'begins with a country code that does not exist'],
    ['', 'US', 'is empty'],
    ["'  ", 'US', 'is empty'],
    ['n/a', 'US', 'is given as missing'],
    ['1-800-FLOWERS', 'US', 'contains letters: write the digits only'],
    ['---', 'US', 'contains no digits'],
    [
      '*100#',
      'US',
      'contains characters that do not belong to a phone number: use digits, spaces and +',
    ],
    ['202 555 0123; do not call', 'US', 'contains letters: write the digits only'],
    ['+52 55 1234 5678 99', 'US', 'is too long for a number in Mexico'],
    [
      '911 555 0123',
      'US',
      'has an area code that ends in 11, which are service numbers in North America',
    ],
    [
      '000 000 0000',
      'US',
      'has an area code that begins with 0 or 1, which none in North America does',
    ],
    [
      '+1 123 456 7890',
      undefined,
      'has an area code that begins with 0 or 1, which none in North America does',
    ],
    [
      '202 555 0123',
      'XX',
      'has a default country that is not known: use two letters, such as US or DE',
    ],
    ['1'.repeat(200), 'US', 'is too long to be one'],
  ])('is refused with a reason: %s in %s', (input, country, expected) => {
    expect(reason(input, country)).toBe(expected);
  });

  it.each(['1.20256E+10', '1,20256E+10', '4.93012E+11', '+4.9E+11'])(
    'is refused when a spreadsheet has eaten its digits: %s',
    (input) => {
      expect(reason(input, 'US')).toContain('scientific notation');
    },
  );

  it('a phone number that cannot be dialed is refused without being repeated, as reasons end up in logs and lists of errors', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+?[0-9 ()-]{6,24}$/), (input) => {
        const digits = input.replace(/\D/g, '');
        const parsed = parsePhone(input, 'US');
        if (!parsed.ok && digits.length > 3) expect(parsed.reason).not.toContain(digits);
      }),
      { seed: 9 },
    );
  });
});

describe('any text', () => {
  it('any text is either refused with a reason or becomes E.164 that stays as it is', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.stringMatching(/^[-+0-9 ()./ex]{1,24}$/),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(undefined, 'US', 'DE', 'IT', 'JP'), (input, country) => {
        const parsed = parsePhone(input, country);
        if (!parsed.ok) {
          expect(parsed.reason).not.toBe('');
          return;
        }
        expect(parsed.phone).toMatch(/^\+[1-9]\d{4,14}$/);
        expect(parsePhone(parsed.phone)).toMatchObject({ ok: true, phone: parsed.phone });
      }),
      { numRuns: 3000, seed: 10 },
    );
  });
});
