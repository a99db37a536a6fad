import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  ParseError,
  type PhoneNumber,
  parsePhoneNumberWithError,
  validatePhoneNumberLength,
} from 'libphonenumber-js/min';

export type ParsedPhone =
  | { readonly ok: true; readonly e164: string }
  /** To follow "The phone number": what is wrong and what would help. Never repeats the number. */
  | { readonly ok: false; readonly reason: string };

/** Does this two-letter country have a numbering plan that we know? */
export const isPhoneCountry = (code: string): boolean => isSupportedCountry(code);

/** Longer is no phone number, and not worth looking at. */
const LONGEST_INPUT = 80;

/**
 * Reads a phone number as people and spreadsheets write it, and gives it back in E.164.
 *
 * **What counts as a number.** Its length must be possible in its country (`isPossible`, Google's metadata, the `min`
 * set). Whether the range is assigned (`isValid`) is not asked: the metadata is always some months behind the numbering
 * plans, and fictional and test ranges (Ofcom's +44 7700 900xxx, area code 555) are unassigned on purpose. A number that
 * does not exist costs one FAILED call; a real one refused costs a lead. One more check, because its mistakes are common
 * and no range will ever fit them: area codes of the North American plan never begin with 0 or 1
 * (https://www.nanpa.com/numbering/numbering-resources), so "000 000 0000" and shifted digits are refused.
 *
 * **Extensions are refused**, not cut off: the dialer cannot dial them, and all people behind one switchboard would
 * become one lead, as leads are told apart by number.
 *
 * Numbers of the North American plan are read without the metadata, which would look for their country among twenty-five:
 * 100,000 rows took 0.25 s rather than 1.6 s, on one of 2 cores, Node 20; German ones take 0.7 s.
 */
export function parsePhone(input: string, defaultCountry?: string): ParsedPhone {
  const country = defaultCountry?.trim().toUpperCase();
  if (country !== undefined && country !== '' && !isSupportedCountry(country)) {
    return refused('has a default country that is not known: use two letters, such as US or DE');
  }
  if (input.trim().length > LONGEST_INPUT) return refused('is too long to be one');
  const written = withoutWrapping(input);
  const fault = faultIn(written);
  if (fault !== null) return refused(fault);
  const number = inOneForm(written);
  if (!number.startsWith('+') && (country === undefined || country === '')) {
    return refused(
      'has no country: write it with + and the country code, or set a default country',
    );
  }
  const where = country === '' ? undefined : (country as CountryCode | undefined);
  return inNorthAmerica(number, where) ?? parse(number, where);
}

const NORTH_AMERICAN = /^(\+1|1?)([2-9]\d{9})$/;

/** A whole number of the North American plan, with its area code; anything else is for the metadata to say. */
function inNorthAmerica(number: string, country: CountryCode | undefined): ParsedPhone | null {
  const [, prefix, national] = NORTH_AMERICAN.exec(number.replace(/[\s().-]/g, '')) ?? [];
  if (national === undefined) return null;
  const here = prefix === '+1' || (country !== undefined && getCountryCallingCode(country) === '1');
  return here ? { ok: true, e164: `+1${national}` } : null;
}

function parse(number: string, country: CountryCode | undefined): ParsedPhone {
  const where = number.startsWith('+') ? undefined : country;
  let parsed: PhoneNumber;
  try {
    parsed = parsePhoneNumberWithError(number, where ? { defaultCountry: where } : {});
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return refused(sentenceFor(error.message, where));
  }
  if (parsed.ext) return refused(EXTENSION);
  if (!parsed.isPossible()) {
    const problem = validatePhoneNumberLength(parsed.number) ?? 'INVALID_LENGTH';
    return refused(sentenceFor(problem, parsed.country ?? where, parsed.countryCallingCode));
  }
  if (parsed.countryCallingCode === '1' && /^[01]/.test(parsed.nationalNumber)) {
    return refused('has an area code that begins with 0 or 1, which none in North America does');
  }
  return { ok: true, e164: parsed.number };
}

/** What surrounds a number in a cell, a link or a copied contact, and says nothing. */
function withoutWrapping(input: string): string {
  return (
    input
      // Full-width digits and signs become ordinary ones.
      .normalize('NFKC')
      // Invisible: direction marks, zero-width characters, byte order mark, soft hyphen.
      .replace(/[\u00AD\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/g, '')
      .trim()
      // ="+12025550123": how a spreadsheet is made to leave a number alone; likewise the leading apostrophe.
      .replace(/^="?(.*?)"?$/, '$1')
      .replace(/^(?:['"’‘`]\s*)+|(?:\s*['"’‘`])+$/g, '')
      .replace(/^(?:tel|callto|phone):\s*/i, '')
      // 12025550123.0: the column passed through floating point on its way.
      .replace(/^(\+?\d{6,15})\.0+$/, '$1')
      .trim()
  );
}

const EXTENSION =
  'has an extension, which the dialer cannot dial: give the direct number, or leave the extension out';
const WITH_EXTENSION =
  /\d[\s).,;-]*(?:ext(?:ension|n)?|x|#|durchwahl|dw|poste|anexo|int|доб)\s*[.:=]?\s*\d{1,7}$/iu;
const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d+)?e[+-]?\d+$/i;

function faultIn(written: string): string | null {
  if (written === '') return 'is empty';
  if (SCIENTIFIC.test(written)) {
    return 'was shortened by a spreadsheet to scientific notation and has lost digits: format the column as text and export it again';
  }
  if (WITH_EXTENSION.test(written)) return EXTENSION;
  if (/[,;|\n]/.test(written) || /\d.*\+/s.test(written)) {
    return 'is more than one number: keep one';
  }
  if (/\p{L}/u.test(written)) return 'contains letters: write the digits only';
  if (!/\p{Nd}/u.test(written)) return 'contains no digits';
  if (!/^[\p{Nd}\s+().[\]/·\p{Pd}\u2212~]+$/u.test(written)) {
    return 'contains characters that do not belong to a phone number: use digits, spaces and +';
  }
  return null;
}

/** One way of saying "international", and no zero in brackets that nobody dials. */
function inOneForm(written: string): string {
  // Elsewhere than in Italy the zero of "+49 (0)30" is only dialed within the country.
  const plain = written.replace(/^[\s([]*\++/, '+').replace(/^(\+(?!39)[^(]*)\(0\)/, '$1');
  // 00 means "international" in most of the world, and begins no number anybody writes in the rest.
  return plain.replace(/^[\s([]*0[\s)\]-]*0(?=[\s)\]-]*[1-9])/, '+');
}

function sentenceFor(problem: string, country?: string, callingCode?: string): string {
  const where =
    country !== undefined ? `in ${nameOf(country)}` : `with the country code +${callingCode}`;
  const known = country !== undefined || callingCode !== undefined;
  switch (problem) {
    case 'TOO_SHORT':
      return known ? `is too short for a number ${where}` : 'is too short to be one';
    case 'TOO_LONG':
      return known
        ? `is too long for a number ${where}; write a number abroad with + and its country code`
        : 'is too long to be one';
    case 'INVALID_LENGTH':
      return known ? `has the wrong length for a number ${where}` : 'has the wrong length';
    case 'INVALID_COUNTRY':
      return 'begins with a country code that does not exist';
    default:
      return 'is not one: write it with + and the country code';
  }
}

const WITH_ARTICLE = new Set(['US', 'GB', 'NL', 'PH', 'AE', 'DO', 'BS', 'GM', 'MV', 'SC']);
const countryNames = new Intl.DisplayNames(['en'], { type: 'region', style: 'short' });

const nameOf = (country: string): string =>
  `${WITH_ARTICLE.has(country) ? 'the ' : ''}${countryNames.of(country) ?? country}`;

const refused = (reason: string): ParsedPhone => ({ ok: false, reason });
