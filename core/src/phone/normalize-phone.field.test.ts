import fc from 'fast-check';
import {
  type CountryCode,
  getCountries,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, it } from 'vitest';
import { neverDialed } from './never-dialed.js';
import { normalizePhone } from './normalize-phone.js';
import { isAssigned, planOf } from './number-plan.js';

const read = (input: string, country?: string): string => {
  const answer = normalizePhone(input, { country });
  return answer.ok ? answer.phone : `refused: ${answer.reason}`;
};

describe('the default country’s own international prefix', () => {
  it.each([
    ['HK', '001 65 6123 4567', '+6561234567'],
    ['HK', '001 44 20 8472 8187', '+442084728187'],
    ['HK', '0065 6123 4567', '+6561234567'],
    ['KR', '002 65 6123 4567', '+6561234567'],
    ['KR', '00700 1 415 555 0123', '+14155550123'],
    ['TH', '001 65 6123 4567', '+6561234567'],
    ['ID', '001 65 6123 4567', '+6561234567'],
    ['AU', '0011 65 6123 4567', '+6561234567'],
    ['AU', '0011 64 21 123 456', '+6421123456'],
    ['AU', '0011 31 6 2310 7707', '+31623107707'],
    ['NG', '009 65 6123 4567', '+6561234567'],
    ['NG', '009 31 6 2310 7707', '+31623107707'],
    ['CO', '009 1 415 555 0123', '+14155550123'],
    ['BR', '0021 351 21 123 4567', '+351211234567'],
    ['JP', '010 1 415 555 0123', '+14155550123'],
    ['RU', '8 10 49 30 1234567', '+49301234567'],
    ['RU', '8~10 49 30 1234567', '+49301234567'],
    ['KE', '000 65 6123 4567', '+6561234567'],
    ['US', '011 49 30 1234567', '+49301234567'],
  ])('is understood before any other: %s %s', (country, input, expected) => {
    expect(read(input, country)).toBe(expected);
  });

  it.each([
    ['US', '0049 30 1234567', '+49301234567'],
    ['AU', '0049 30 1234567', '+49301234567'],
    ['NG', '00 44 20 7946 0123', '+442079460123'],
    ['GB', '011 49 30 1234567', '+49301234567'],
  ])('gives way to 00 and 011 where they fit better: %s %s', (country, input, expected) => {
    expect(read(input, country)).toBe(expected);
  });

  it('the default country’s own international prefix is no reason to cut a national number: 0114 is Sheffield', () => {
    expect(read('0114 930 1234', 'GB')).toBe('+441149301234');
    expect(read('01149301234567', 'GB')).toMatch(/^refused: is too long/);
  });

  it.each(['US', 'DE', 'GB', undefined])(
    'is not taken for 00 and 1 where a space stands inside the area code, in %s',
    (country) => {
      expect(read('001 65 6123 4567', country)).toMatch(/^refused: can be read as two/);
      expect(read('001 656 123 4567', country)).toBe('+16561234567');
    },
  );

  it('the default country’s own international prefix leaves a number that two prefixes make two people to the person', () => {
    // 009 and then +1 703 …, or 00 and then +91 70 …
    expect(read('00917034567890', 'NG')).toMatch(/^refused: can be read as two different numbers/);
    expect(read('0033 0 312345678', 'JP')).toMatch(/^refused: can be read as two/);
  });
});

describe('a number whose plus was lost', () => {
  it.each([
    ['DE', '4915112345670', '+4915112345670'],
    ['DE', '496128966000', '+496128966000'],
    ['DE', '85291234567', '+85291234567'],
    ['AT', '436641234567', '+436641234567'],
    ['GB', '447911123456', '+447911123456'],
    ['IT', '393331234567', '+393331234567'],
    ['CN', '8613812345678', '+8613812345678'],
    ['MX', '5215512345679', '+525512345679'],
  ])('is international where it is no national one: %s %s', (country, input, expected) => {
    expect(read(input, country)).toBe(expected);
  });

  it.each([
    ['DE', '33199000162'],
    ['US', '6591234567'],
  ])('is refused where it may be either: %s %s', (country, input) => {
    expect(read(input, country)).toMatch(/with a \+ that was lost/);
  });

  it('a number whose plus was lost stays national where that is how it is written there', () => {
    expect(read('15012345678', 'CN')).toBe('+8615012345678');
    expect(read('3331234567', 'IT')).toBe('+393331234567');
    expect(read('2079460965', 'GB')).toBe('+442079460965');
    expect(read('84951234567', 'RU')).toBe('+74951234567');
  });
});

describe('a number with a digit too few or too many', () => {
  it.each([
    // Without its trunk prefix each is too short; with it, most would ring a stranger or nothing.
    ['RU', '8 (342) 123-45-6'],
    ['KZ', '8 (771) 000 999'],
    ['FR', '06 12 34 56 7'],
    // An Italian mobile with a digit too many has eleven, as numbers of the Netherlands and Spain with their code.
    ['IT', '312 345 67897'],
    ['IT', '34661234567'],
  ])('of %s is refused: %s', (country, text) => {
    expect(normalizePhone(text, { country })).toMatchObject({ ok: false });
  });

  it.each([
    ['RU', '8 (342) 212-34-56', '+73422123456'],
    ['RU', '8342123456', '+78342123456'],
    ['BR', '0 15 11 96123-4567', '+5511961234567'],
    ['IT', '4917112345678', '+4917112345678'],
    // Small plans of North America, of which few exchanges are in use.
    ['MS', '(664) 492-3456', '+16644923456'],
    ['TC', '(649) 231-1234', '+16492311234'],
  ])('a North American number of ten digits is a whole one of %s: %s', (country, text, phone) => {
    expect(normalizePhone(text, { country })).toMatchObject({ ok: true, phone });
  });

  it.each(['888-888-8888', '9999999999', '1 222 222 2222'])('is no filler: %s', (text) => {
    expect(normalizePhone(text, { country: 'US' })).toMatchObject({
      ok: false,
      reason: 'is one digit again and again, which stands for no number',
    });
  });
});

describe('an obsolete form', () => {
  it.each([
    ['+52 1 55 1234 5678', undefined, '+525512345678'],
    ['+52 (1) 55 1234 5682', undefined, '+525512345682'],
    ['+52 044 55 1234 5678', undefined, '+525512345678'],
    ['044 55 1234 5680', 'MX', '+525512345680'],
    ['045 55 1234 5680', 'MX', '+525512345680'],
    ['01 55 1234 5681', 'MX', '+525512345681'],
    ['00 52 1 55 1234 5678', 'DE', '+525512345678'],
    ['011 15 1234 5678', 'AR', '+5491112345678'],
    ['+54 11 15 1234 5678', undefined, '+5491112345678'],
    ['0 21 11 98765 4321', 'BR', '+5511987654321'],
  ])('is read as the number of today: %s in %s', (input, country, expected) => {
    expect(read(input, country)).toBe(expected);
  });
});

describe('a number from before a country renumbered', () => {
  it.each([
    ['(31) 8765-4321', 'BR', '+5531987654321'],
    ['+55 51 9876-1234', undefined, '+5551998761234'],
    ['08 11 22 33', 'CI', '+2250708112233'],
    ['+225 45 11 22 33', undefined, '+2250545112233'],
    ['22967112233', 'BJ', '+2290167112233'],
    ['+57 4 444 5566', undefined, '+576044445566'],
    ['0168 345 6789', 'VN', '+84383456789'],
    ['+237 77 11 22 33', undefined, '+237677112233'],
    ['0-22 621 43 21', 'PL', '+48226214321'],
    ['8 067 765 43 21', 'UA', '+380677654321'],
    ['+56 09 8123 4567', undefined, '+56981234567'],
  ])('is read as the one of today: %s', (input, country, expected) => {
    expect(read(input, country)).toBe(expected);
  });

  it.each([
    ['707112233', 'CI', '+2250707112233'],
    ['166112233', 'BJ', '+2290166112233'],
    ['66123456', 'IT', '+39066123456'],
  ])('gets the zero again that a spreadsheet took: %s', (input, country, expected) => {
    expect(read(input, country)).toBe(expected);
  });

  it('a number from before a country renumbered is refused where a digit may be missing instead', () => {
    expect(read('3198765432', 'BR')).toMatch(/^refused: lacks a digit/);
    expect(read('15 4321-8765', 'AR')).toMatch(/^refused: lacks its area code/);
  });
});

describe('011 at home', () => {
  it.each([
    ['011 4912-3456', 'AR', '+541149123456'],
    ['011 4321-8765', 'BR', '+551143218765'],
    ['011-43218765', 'IN', '+911143218765'],
    ['0 11 4321 8765', 'AR', '+541143218765'],
  ])('is Buenos Aires, São Paulo and Delhi: %s in %s', (input, country, expected) => {
    expect(read(input, country)).toBe(expected);
  });

  it('011 at home may be abroad where the country code stands alone behind it', () => {
    expect(read('011 43 211 876', 'AR')).toMatch(/^refused: can be read as two/);
  });
});

describe('digits that belong to no number, or to another one', () => {
  it.each([
    // Each part alone would be a number of the default country, or of Egypt.
    ['+44+20 7946 0991', undefined],
    ['+44, 20 7946 0991', 'US'],
    ['44; 2079460991', 'US'],
    ['+44 mobile 20 7946 0991', 'US'],
  ])('are not what is left of a number torn to pieces: %s', (input, country) => {
    expect(read(input, country)).toMatch(/^refused: stands in pieces/);
  });

  it.each([
    ['1. 030 1234567', '+49301234567'],
    ['(2) 030 1234567', '+49301234567'],
    ['Telefon 2 030 1234567', '+49301234567'],
    ['Handy2: 0171 1234567', '+491711234567'],
    ['0+49 30 1234567', '+49301234567'],
  ])('are a count before it: %s', (input, expected) => {
    expect(read(input, 'DE')).toBe(expected);
  });

  it.each(['030 1234567 (2)', '030 1234567 (9-17)', '0171 2345678 [22]'])(
    'are not added from brackets at its end: %s',
    (input) => {
      expect(read(input, 'DE')).toMatch(/^refused: has digits in brackets/);
    },
  );

  it('digits that belong to no number, or to another one are not added from behind a label', () => {
    expect(normalizePhone('030 1234567 mobil 0171 7654321', { country: 'DE' })).toMatchObject({
      phone: '+49301234567',
      otherNumbers: ['+491717654321'],
    });
    expect(normalizePhone('608-555-0197 (h) 608-555-0198 (c)', { country: 'US' })).toMatchObject({
      phone: '+16085550197',
      otherNumbers: ['+16085550198'],
    });
  });

  it.each(['1712345678901', '0171 2345678 901', '+49 1511 2345678901'])(
    'are not passed over behind a mobile, as networks do: %s',
    (input) => {
      expect(read(input, 'DE')).toMatch(/^refused: is too long/);
    },
  );

  it.each(['31121999', '03121999', '20240312101500', '202403121015'])(
    'are a date in Germany: %s',
    (input) => {
      expect(read(input, 'DE')).toMatch(/^refused: may be a date/);
    },
  );
});

describe('words beside a number', () => {
  it.each([
    '608-555-0199 no',
    'no 608-555-0199',
    '608-555-0199 - NO CALL',
    '608-555-0199 nr',
    'no calls: 608-555-0199',
  ])('refuse it where they may forbid the call: %s', (input) => {
    expect(read(input, 'US')).toMatch(/^refused: contains letters/);
  });

  it.each(['No. 608-555-0199', 'Mobile no: 608-555-0199', 'Phone no 608-555-0199'])(
    'are "number" where they cannot: %s',
    (input) => {
      expect(read(input, 'US')).toBe('+16085550199');
    },
  );

  it.each([
    ['+34 912 345 678 extensión 12', '+34912345678'],
    ['+48 22 621 43 21 wewnętrzny 12', '+48226214321'],
    ['+7 495 123 45 67 добавочный 12', '+74951234567'],
    ['+90 212 123 45 67 dahili 12', '+902121234567'],
    ['+81 3 1234 5678 内線 12', '+81312345678'],
    ['(02)1234-5678 分機 12', '+886212345678'],
    ['+972 3 612 3456 שלוחה 12', '+97236123456'],
    ['0316 123456 Kl. 12', '+43316123456'],
    ['01 23 45 67 89 p. 12', '+33123456789'],
    ['608-555-0199p12', '+16085550199'],
  ])('name an extension in many languages: %s', (input, phone) => {
    const countries: Record<string, string> = { '(': 'TW', '3': 'AT', '1': 'FR', '6': 'US' };
    const country = countries[input.replace(/^0/, '').charAt(0)];
    expect(normalizePhone(input, { country })).toMatchObject({ ok: true, phone, extension: '12' });
  });

  it.each([
    ['608-555-0199 x', '+16085550199'],
    ['608-555-0199 ext.', '+16085550199'],
    ['https://wa.me/442079460991', '+442079460991'],
    ['442079460991@s.whatsapp.net', '+442079460991'],
    ['(0xx11) 91234-5678', '+5511912345678'],
  ])('are an empty extension, a link, or a carrier that is not chosen: %s', (input, expected) => {
    expect(read(input, input.includes('xx11') ? 'BR' : 'US')).toBe(expected);
  });

  it('digits of every script are read', () => {
    expect(read('០១២៣៤៥៦៧៨', 'KH')).toBe('+85512345678');
    expect(read('၀၉၁၂၃၄၅၆၇၈၉', 'MM')).toBe('+959123456789');
  });
});

describe('the country of a row', () => {
  it.each([
    ['020 7946 0961', 'United Kingdom', '+442079460961'],
    ['030 5550962', 'Germany', '+49305550962'],
    ['06 5550 9630', 'Italy', '+390655509630'],
    ['044 555 09 64', 'Schweiz', '+41445550964'],
    ['2079460965', 'UK', '+442079460965'],
    ['6123 4966', 'SGP', '+6561234966'],
    ['2079460231', '44', '+442079460231'],
    ['2079460231', '0044', '+442079460231'],
    ['+49 30 1234567', 'GB', '+49301234567'],
  ])('says where a national number belongs: %s, %s', (input, country, expected) => {
    expect(read(input, country)).toBe(expected);
  });
});

describe('a cell with more than a number', () => {
  const all = (input: string, country = 'US') => normalizePhone(input, { country });

  it.each([
    ['608-555-0194 x11', '+16085550194', '11'],
    ['+1-608-555-0195-x11', '+16085550195', '11'],
    ['608.555.0196 ext. 5', '+16085550196', '5'],
    ['(608) 555-0197 (Ext 0042)', '+16085550197', '0042'],
    ['608-555-0205#5', '+16085550205', '5'],
    ['608-555-0205, ext 5', '+16085550205', '5'],
    ['608-555-0206,,5', '+16085550206', '5'],
    ['6085550206;ext=7', '+16085550206', '7'],
    ['tel:+1-608-555-0206;ext=7', '+16085550206', '7'],
  ])('gives its extension back beside the number: %s', (input, phone, extension) => {
    expect(all(input)).toEqual({ ok: true, phone, extension, otherNumbers: [] });
  });

  it('a cell with more than a number keeps a second number behind an extension', () => {
    expect(all('608-555-0301 x11 / 608-555-0302')).toEqual({
      ok: true,
      phone: '+16085550301',
      extension: '11',
      otherNumbers: ['+16085550302'],
    });
    expect(all('Work: 608-555-0301 ext. 4, Mobile: 608-555-0302')).toMatchObject({
      extension: '4',
      otherNumbers: ['+16085550302'],
    });
  });

  it.each([
    ['01 42 68 53 00 poste 12', 'FR', '+33142685300', '12'],
    ['030 123456 Durchwahl 5', 'DE', '+4930123456', '5'],
    ['+34 912 345 678 int. 3', 'ES', '+34912345678', '3'],
    ['8 495 123 45 67 доб. 12', 'RU', '+74951234567', '12'],
  ])('knows extensions in other languages: %s', (input, country, phone, extension) => {
    expect(all(input, country)).toMatchObject({ ok: true, phone, extension });
  });

  it.each([
    ['(608) 555-0197 / (608) 555-0198', ['+16085550198']],
    ['608-555-0197 / 0198', ['+16085550198']],
    ['608-555-0197/0198/0199', ['+16085550198', '+16085550199']],
    ['608-555-0197; 5', []],
    ['608-555-0197 or 608-555-0198', ['+16085550198']],
    ['608-555-0197; 608-555-0198', ['+16085550198']],
    ['608-555-0197\n608-555-0198\n608-555-0199', ['+16085550198', '+16085550199']],
    ['+16085550197+16085550198', ['+16085550198']],
    ['608-555-0197, 608-555-0197', []],
    ['555-0100; 608-555-0197', []],
    ['Fax: 608-555-0196; Tel: 608-555-0197', []],
  ])('takes the first number that can be dialed, and keeps the others: %s', (input, others) => {
    expect(all(input)).toEqual({
      ok: true,
      phone: '+16085550197',
      extension: null,
      otherNumbers: others,
    });
  });

  it.each([
    'Mobile: 608-555-0203',
    '608-555-0203 (cell)',
    'M: 608-555-0203',
    'Work 608-555-0203',
    'Phone 1: 608-555-0203',
    'tel:608-555-0203',
  ])('passes over labels: %s', (input) => {
    expect(all(input)).toMatchObject({ ok: true, phone: '+16085550203' });
  });

  it.each([
    ['030/1234567', '+49301234567'],
    ['(+49) 30 / 1234567', '+49301234567'],
    ['0171/1234567 / 0172/1234567', '+491711234567'],
  ])('tells a slash inside a number from one between two: %s', (input, phone) => {
    expect(all(input, 'DE')).toMatchObject({ ok: true, phone });
  });

  it('a cell with more than a number is refused where a slash may be either', () => {
    expect(read('030 123456/78', 'DE')).toMatch(/one number or several/);
  });

  it('a cell with more than a number is refused when it is a fax number', () => {
    expect(read('Fax: 608-555-0203', 'US')).toMatch(/fax/);
  });
});

describe('a cell that holds something else', () => {
  it.each([
    ['2024-01-15', 'is a date'],
    ['15.01.2024', 'is a date'],
    ['01/15/2024', 'is a date'],
    ['15.1.24', 'is a date'],
    ['2024-01-15 10:30', 'is a date'],
    ['20240115', 'may be a date'],
    ['10115', 'is too short'],
    ['01067', 'is too short'],
    ['45306', 'is too short'],
    ['20240-0115', 'is a postal code'],
    ['00184', 'is too short to be one'],
    ['0000000000', 'is one digit again and again'],
    ['19222', 'is too short'],
    ['1,234.56', 'is an amount'],
    ['1.234,56', 'is an amount'],
    ['€ 4500000', 'is an amount'],
    ['1234567.5', 'is an amount'],
    ['4.91512E+12', 'was shortened by a spreadsheet to scientific notation'],
    ['112', 'is an emergency or service number'],
    ['116117', 'is an emergency or service number'],
  ])('is refused for what it is, also in Germany: %s', (input, expected) => {
    expect(read(input, 'DE')).toMatch(new RegExp(`^refused: ${expected}`));
  });

  it('a cell that holds something else is not seen in numbers of eight digits where those are the rule', () => {
    expect(read('20240115', 'DK')).toBe('+4520240115');
  });
});

describe('a kind of number that is never dialed', () => {
  it.each([
    ['+1 900 555 1234', 'premium-rate'],
    ['+1 212 976 1234', 'premium-rate'],
    ['+44 9012345678', 'premium-rate'],
    ['+49 900 1234567', 'premium-rate'],
    ['+49 180 1234567', 'shared-cost'],
    ['+44 7012345678', 'personal'],
    ['+1 500 234 5678', 'personal'],
    ['+44 3331234567', 'universal access'],
    ['+870 773111632', 'satellite'],
    ['+881 612345678', 'satellite'],
    ['+882 16 12345678', 'satellite'],
    ['+883 510012345', 'satellite'],
    ['+979 12345678', 'premium-rate'],
  ])('is refused with its kind, and can still be looked up: %s', (input, kind) => {
    expect(read(input)).toContain(kind);
    const digits = `+${input.replace(/\D/g, '')}`;
    expect(normalizePhone(input, { types: 'any' })).toMatchObject({ ok: true, phone: digits });
    expect(neverDialed(digits)).toContain(kind);
  });

  it.each(['+18005550199', '+4915112345678', '+447700900123', '+80012345678', '+15551234567'])(
    'is none of the others: %s',
    (phone) => {
      expect(neverDialed(phone)).toBeNull();
    },
  );
});

/**
 * Gabon is left out: its old plan stands in the metadata beside the new one, and 05 17 50 97 is one telephone with and
 * without its 0.
 */
const COUNTRIES = getCountries().filter((country) => country !== 'GA');

/** An assigned number of a country: its example with other digits at the end, or any digits of a right length. */
const numbers: fc.Arbitrary<PhoneNumber> = fc

  .tuple(fc.constantFrom(...COUNTRIES), fc.array(fc.nat(9), { minLength: 12, maxLength: 12 }))
  .chain(([country, digits]) => {
    const example = examples[country] ?? '';
    const lengths = [...planOf(country).lengths];
    return fc
      .tuple(fc.constantFrom(...lengths), fc.boolean(), fc.nat(4))
      .map(([length, random, keep]) => {
        const begin = random ? '' : example.slice(0, Math.max(2, example.length - keep));
        const national = (begin + digits.join('')).slice(0, random ? length : example.length);
        return parsePhoneNumberFromString(`+${planOf(country).callingCode}${national}`);
      });
  })
  .filter(
    (number): number is PhoneNumber =>
      number !== undefined && number.country !== undefined && isAssigned(number.number),
  );

describe('a number of any country', () => {
  const forms: Record<string, (number: PhoneNumber, from: CountryCode) => string> = {
    'in E.164': (number) => number.number,
    'international, with spaces': (number) => number.formatInternational(),
    'with the international prefix of the country': (number, from) =>
      number.format('IDD', { fromCountry: from }) ?? number.number,
    'with that prefix and no spaces': (number, from) =>
      (number.format('IDD', { fromCountry: from }) ?? number.number).replace(/[^\d+]/g, ''),
    'with 00': (number) => `00${number.number.slice(1)}`,
  };

  for (const [name, write] of Object.entries(forms)) {
    it(`a number of any country is itself or refused, never another one, written ${name}`, () => {
      let accepted = 0;
      let tried = 0;
      fc.assert(
        fc.property(numbers, fc.constantFrom(...getCountries()), (number, from) => {
          const home = number.country as CountryCode;
          for (const country of [from, home]) {
            // National forms of "IDD" within one calling code are not international ones.
            const written = write(number, country);
            const answer = normalizePhone(written, { country, types: 'any' });
            tried += 1;
            if (!answer.ok) continue;
            accepted += 1;
            expect(answer.phone, `${written} in ${country}`).toBe(number.number);
          }
        }),
        { numRuns: 600, seed: 11 },
      );
      expect(accepted / tried).toBeGreaterThan(0.9);
    });
  }

  it('a number of any country is itself or refused at home, in national form and without its plus', () => {
    let accepted = 0;
    let tried = 0;
    fc.assert(
      fc.property(numbers, (number) => {
        const country = number.country as CountryCode;
        for (const written of [
          number.formatNational(),
          number.formatNational().replace(/\D/g, ''),
          number.number.slice(1),
        ]) {
          const answer = normalizePhone(written, { country, types: 'any' });
          tried += 1;
          if (!answer.ok) continue;
          accepted += 1;
          expect(answer.phone, `${written} in ${country}`).toBe(number.number);
        }
      }),
      { numRuns: 1200, seed: 12 },
    );
    expect(accepted / tried).toBeGreaterThan(0.9);
  });
});
