import {
  ParseError,
  type PhoneNumber,
  parsePhoneNumberWithError,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max';
import {
  type CountryCode,
  callingCodeOf,
  isAssigned,
  isShared,
  kindOf,
  mainCountryOf,
  type NumberPlan,
  planOf,
} from './number-plan.js';
import { AMBIGUOUS, couldBe, PLACEHOLDER, SERVICE_NUMBER, sentenceFor } from './phone-reasons.js';
import { incomplete, renumbered } from './renumbered.js';

/** Digits as they stand in a cell. */
export interface WrittenDigits {
  readonly plus: boolean;
  readonly digits: string;
  /** How many digits stand before each space, hyphen, dot, bracket or slash: `001 65 61` has 3 and 5. */
  readonly breaks: ReadonlySet<number>;
}

export type Reading =
  | { readonly ok: true; readonly e164: string }
  | { readonly ok: false; readonly reason: string };

const refused = (reason: string): Reading => ({ ok: false, reason });

/** Shorter numbers exist in no plan of free length, but postal codes, short codes and serial dates do. */
const SHORTEST_IN_FREE_LENGTH = 6;
/** Germany assigns at most 11 digits; longer ones in the metadata are extensions behind a switchboard. */
const LONGEST_IN_FREE_LENGTH = 11;

/** Digits of an international number with its prefix; postal codes such as 00184 have fewer. */
const SHORTEST_ABROAD = 8;

/**
 * Which number do these digits mean, written by a person in `country`? Each way of reading them is tried: with the
 * country's own international prefix, with the prefixes that the world knows (00, 011), as a national number, and as an
 * international one that lost its plus. One reading that stands out is taken; several that are as good are refused, as
 * a wrong person's phone would ring.
 */
export function readDigits(written: WrittenDigits, country: CountryCode | undefined): Reading {
  const { digits } = written;
  if (written.plus) return international(digits, isInFours(written));
  if (country === undefined) {
    if (/^00[1-9]/.test(digits)) {
      return isTorn(written, 2)
        ? refused(AMBIGUOUS)
        : international(digits.slice(2), isInFours(written));
    }
    return refused(
      'has no country: write it with + and the country code, or set a default country',
    );
  }
  const plan = planOf(country);
  const northAmerican = plan.callingCode === '1' ? inNorthAmerica(digits) : null;
  if (northAmerican !== null) return northAmerican;
  if (/^(\d)\1{6,}$/.test(digits) && plan.callingCode !== '1') return refused(PLACEHOLDER);
  if (isService(digits) && !isAssigned(`+${plan.callingCode}${digits}`)) {
    return refused(SERVICE_NUMBER);
  }
  if (plan.freeLength && plan.trunk === '0' && written.breaks.size === 0 && DATE.test(digits)) {
    return refused('may be a date: write it with spaces or with +');
  }
  return withPrefix(written, country, plan) ?? withoutPrefix(written, country, plan);
}

const MONTH = '(?:0[1-9]|1[0-2])';
const DAY = '(?:0[1-9]|[12]\\d|3[01])';
/** 20240115, with a time of day too, and 15012024. */
const DATE = new RegExp(
  `^(?:(?:19|20)\\d{2}${MONTH}${DAY}(?:[01]\\d[0-5]\\d|2[0-3][0-5]\\d)?(?:[0-5]\\d)?|${DAY}${MONTH}(?:19|20)\\d{2})$`,
);

/** Emergency numbers and harmonised short codes: 112, 911, 999, 110, 211 to 811, 988, 116 117 and their like. */
const isService = (digits: string): boolean =>
  /^(?:000|10[0-2]|11[0-9]|12[0-9]|1[5-9]|[2-9]11|988|99[2-9]|116\d{3})$/.test(digits);

/** Area codes never begin with 0 or 1 and never end in 11, https://www.nanpa.com/numbering/numbering-resources. */
const NO_AREA_CODE = /^(?:[01]|\d11)/;

/** A whole number of the North American plan without metadata, which know 25 countries there; null: anything else. */
function inNorthAmerica(digits: string): Reading | null {
  if (!/^1?[2-9]\d{9}$/.test(digits)) return null;
  const national = digits.slice(-10);
  if (NO_AREA_CODE.test(national)) return refused(areaCodeReason(national));
  // 888 888 8888 is a number, and the one that people type where a form wants any.
  if (/^(\d)\1{9}$/.test(national)) return refused(PLACEHOLDER);
  const reading = { ok: true, e164: `+1${national}` } as const;
  if (digits.length === 11 || isAreaAssigned(national) || isAssigned(reading.e164)) return reading;
  // No such area code or exchange: perhaps a number abroad whose plus was lost. +65 9123 4567 has ten digits too.
  return isAssigned(`+${digits}`) ? refused(couldBe('US', countryAbroad(digits))) : reading;
}

const areasAssigned = new Map<string, boolean>();

function isAreaAssigned(national: string): boolean {
  if (!/^...[2-9]/.test(national)) return false;
  const area = national.slice(0, 3);
  let known = areasAssigned.get(area);
  if (known === undefined) {
    known = isAssigned(`+1${area}2345678`);
    areasAssigned.set(area, known);
  }
  return known;
}

const areaCodeReason = (national: string): string =>
  /^[01]/.test(national)
    ? 'has an area code that begins with 0 or 1, which none in North America does'
    : 'has an area code that ends in 11, which are service numbers in North America';

/** Mexican mobiles had 1 after the country code, and 044, 045 or 01 at home, until 2019 and 2020 (IFT). */
const OLD_MEXICAN = /^(?:0?1|04[45])([2-9]\d{9})$/;

/** 9123-4567: the last eight digits stand in two groups of four. */
const isInFours = ({ digits, breaks }: Pick<WrittenDigits, 'digits' | 'breaks'>): boolean =>
  breaks.has(digits.length - 4) && breaks.has(digits.length - 8);

/** Digits that begin with a country code. `inFours`: as `renumbered` has it; null: old forms are not looked for. */
function international(digits: string, inFours: boolean | null): Reading {
  const callingCode = callingCodeOf(digits);
  if (callingCode === null) {
    return refused(
      digits.length < 4
        ? 'is too short to be one'
        : 'begins with a country code that does not exist',
    );
  }
  const national = digits.slice(callingCode.length);
  if (national === '') return refused('is too short to be one');
  const e164 = `+${callingCode}${callingCode === '52' ? national.replace(OLD_MEXICAN, '$1') : national}`;
  if (callingCode === '1' && national.length === 10 && NO_AREA_CODE.test(national)) {
    return refused(areaCodeReason(national));
  }
  if (callingCode === '1' && national.length === 10) return { ok: true, e164 };
  if (isAssigned(e164)) return { ok: true, e164 };
  const today = inFours === null ? null : renumbered(callingCode, national, inFours);
  if (today !== null) return { ok: true, e164: today };
  if (isService(national)) return refused(SERVICE_NUMBER);
  // No country, and not in the metadata; `neverDialed` says what it is.
  if (/^(?:888|979)\d{7,9}$/.test(digits)) return { ok: true, e164: `+${digits}` };
  return parse(e164, undefined, mainCountryOf(callingCode) ?? undefined);
}

/** `where` is for the reason only; `atHome`: the digits were written without a country code. */
function parse(
  number: string,
  country: CountryCode | undefined,
  where: CountryCode | undefined,
  atHome = country !== undefined,
): Reading {
  let parsed: PhoneNumber;
  try {
    parsed = parsePhoneNumberWithError(
      number,
      country ? { defaultCountry: country, extract: false } : { extract: false },
    );
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return refused(sentenceFor(error.message, country ?? where, undefined, atHome));
  }
  const place = parsed.country ?? where;
  // +1 is 25 countries: the code is named, and not the first of them.
  const named =
    parsed.country ?? (atHome || !isShared(parsed.countryCallingCode) ? where : undefined);
  const { countryCallingCode, nationalNumber } = parsed;
  const e164 = parsed.number;
  if (isAssigned(e164)) return { ok: true, e164 };
  if (!parsed.isPossible()) {
    const problem = validatePhoneNumberLength(e164) ?? 'INVALID_LENGTH';
    return refused(sentenceFor(problem, named, countryCallingCode, atHome));
  }
  if (countryCallingCode === '1' && NO_AREA_CODE.test(nationalNumber)) {
    return refused(areaCodeReason(nationalNumber));
  }
  if (place !== undefined) {
    // Fictional and new ranges are accepted, at the lengths that fixed and mobile numbers have there.
    const { lengths, freeLength, trunk } = planOf(place);
    const digits = nationalNumber.length;
    // "06 12 34 56 7" lost a digit at its end: what is left has the right length only with its trunk prefix.
    const keptTrunk = trunk === '0' && nationalNumber.startsWith('0');
    const tooShort = keptTrunk || (freeLength && digits < SHORTEST_IN_FREE_LENGTH);
    if (tooShort || digits < Math.min(...lengths)) {
      return refused(sentenceFor('TOO_SHORT', named, countryCallingCode));
    }
    if (!lengths.has(digits)) {
      const problem = digits > Math.max(...lengths) ? 'TOO_LONG' : 'INVALID_LENGTH';
      return refused(sentenceFor(problem, named, countryCallingCode, atHome));
    }
    if (freeLength && isMobileAndMore(e164)) {
      return refused(sentenceFor('TOO_LONG', named, countryCallingCode, atHome));
    }
  }
  const missing = incomplete(countryCallingCode, nationalNumber);
  return missing === null ? { ok: true, e164 } : refused(missing);
}

/** Networks pass over digits beyond a mobile's length, so that +49 171 2345678 rings for +49 171 2345678 901 too. */
function isMobileAndMore(e164: string): boolean {
  for (let length = e164.length - 1; length >= SHORTEST_ABROAD; length--) {
    if (kindOf(e164.slice(0, length))?.type === 'MOBILE') return true;
  }
  return false;
}

/** Digits that begin with an international prefix; null: they do not, or none of the readings is a number. */
function withPrefix(
  { digits, breaks }: WrittenDigits,
  country: CountryCode,
  plan: NumberPlan,
): Reading | null {
  const own: number[] = [];
  for (let length = 1; length <= 8; length++) {
    if (digits[length] !== '0' && plan.idd.test(digits.slice(0, length))) own.push(length);
  }
  const usual: number[] = [];
  if (/^00[1-9]/.test(digits) && !own.includes(2)) usual.push(2);
  // Elsewhere than in North America 011 begins area codes too (0114 is Sheffield): only where it stands alone.
  const is011 = breaks.has(3) && !breaks.has(1) && !breaks.has(2);
  if (/^011[1-9]/.test(digits) && !own.includes(3) && is011) usual.push(3);
  if (own.length + usual.length === 0) return null;

  // "001 65 …" is 001 and not 00 where the person wrote the space after it.
  const aligned = [...own, ...usual].some((length) => breaks.has(length));
  const readings = (lengths: readonly number[]): Reading[] =>
    lengths
      .filter((length) => (!aligned || breaks.has(length)) && !isTorn({ digits, breaks }, length))
      .map((length) => international(digits.slice(length), isInFours({ digits, breaks })));
  const byOwn = readings(own);
  const byUsual = readings(usual);
  const all = [...byOwn, ...byUsual];
  // In Japan 00 and two digits choose a carrier, and a national number with its 0 follows.
  if (country === 'JP' && /^00\d\d0/.test(digits)) return refused(AMBIGUOUS);

  const assigned = distinct(all).filter(isAssigned);
  const found = assigned.length > 0 ? assigned : firstOf(distinct(byOwn), distinct(byUsual));
  const [e164] = found;
  if (e164 === undefined) {
    if (!/^00/.test(digits)) return null;
    if (digits.length < SHORTEST_ABROAD) return refused('is too short to be one');
    return all[0] ?? refused(AMBIGUOUS);
  }
  if (found.length > 1) return refused(AMBIGUOUS);
  if (!digits.startsWith('00')) {
    const here = national(digits, country, plan);
    if (here.ok && isAssigned(here.e164) && here.e164 !== e164) {
      // 011 is Buenos Aires, São Paulo and Delhi at home: only "011 49 …" with a space behind a country code may be abroad.
      const code = callingCodeOf(digits.slice(3)) ?? '';
      const isAbroad = distinct(byOwn).includes(e164) || breaks.has(3 + code.length);
      return isAbroad ? refused(AMBIGUOUS) : here;
    }
  }
  return { ok: true, e164 };
}

/**
 * "001 65 6123 4567" is no area code 656 after 00 and 1: people write no space inside an area code of North America. Many
 * countries dial 001.
 */
const isTorn = ({ digits, breaks }: Pick<WrittenDigits, 'digits' | 'breaks'>, length: number) =>
  digits[length] === '1' && (breaks.has(length + 2) || breaks.has(length + 3));

const distinct = (readings: readonly Reading[]): string[] => [
  ...new Set(readings.flatMap((reading) => (reading.ok ? [reading.e164] : []))),
];

const firstOf = (first: string[], second: string[]): string[] =>
  first.length > 0 ? first : second;

/** As a number of the country, whatever it begins with. */
function national(digits: string, country: CountryCode, plan: NumberPlan): Reading {
  if (country === 'MX' && OLD_MEXICAN.test(digits) && !/^1/.test(digits)) {
    return { ok: true, e164: `+52${digits.replace(OLD_MEXICAN, '$1')}` };
  }
  // Most numbers: no need to parse them. Where both forms are assigned, the library weighs them.
  const written = `+${plan.callingCode}${digits}`;
  if (plan.trunk !== null && digits.startsWith(plan.trunk)) {
    const bare = `+${plan.callingCode}${digits.slice(plan.trunk.length)}`;
    if (isAssigned(bare) && !isAssigned(written)) return { ok: true, e164: bare };
  } else if (plan.simple && isAssigned(written)) {
    return { ok: true, e164: written };
  }
  // libphonenumber would look for a country code and an international prefix itself.
  const looksAbroad = digits.startsWith(plan.callingCode) || startsWithIdd(digits, plan);
  return looksAbroad
    ? parse(`+${plan.callingCode}${digits}`, undefined, country, true)
    : parse(digits, country, country);
}

function startsWithIdd(digits: string, plan: NumberPlan): boolean {
  for (let length = 1; length <= 8; length++) {
    if (plan.idd.test(digits.slice(0, length))) return true;
  }
  return false;
}

/** A national number, or an international one whose plus was lost. */
function withoutPrefix(written: WrittenDigits, country: CountryCode, plan: NumberPlan): Reading {
  const reading = asWritten(written, country, plan);
  if (reading.ok && isAssigned(reading.e164)) return reading;
  const { digits } = written;
  const bare =
    reading.ok && reading.e164.startsWith(`+${plan.callingCode}`)
      ? reading.e164.slice(1 + plan.callingCode.length)
      : digits.slice(plan.trunk !== null && digits.startsWith(plan.trunk) ? plan.trunk.length : 0);
  const today = renumbered(plan.callingCode, bare, isInFours(written));
  if (today === null) return reading;
  // A reading abroad that made it ambiguous still does.
  const code = callingCodeOf(digits);
  const there = code === null ? refused('') : international(digits, null);
  return there.ok && isAssigned(there.e164) ? reading : { ok: true, e164: today };
}

function asWritten(
  { digits, breaks }: WrittenDigits,
  country: CountryCode,
  plan: NumberPlan,
): Reading {
  const here = national(digits, country, plan);
  const keptDigits = here.ok && here.e164 === `+${plan.callingCode}${digits}`;
  // "8 (342) 123-45-6" of Perm lost a digit: its trunk prefix is not the first digit of 834 212-34-56 in Saransk.
  const { trunk } = plan;
  if (keptDigits && trunk !== null && digits.startsWith(trunk) && breaks.has(trunk.length)) {
    return parse(`+${plan.callingCode}${digits.slice(trunk.length)}`, undefined, country, true);
  }
  // A trunk prefix was written, or the digits are no national number: no country code begins with 0.
  if (digits.startsWith('0') || (here.ok && !keptDigits)) return here;

  const code = callingCodeOf(digits);
  const isOwn = code === plan.callingCode;
  const there = code === null ? refused('') : international(digits, isOwn ? false : null);
  const hereAssigned = here.ok && isAssigned(here.e164);
  const thereAssigned = there.ok && isAssigned(there.e164);
  if (hereAssigned && thereAssigned) {
    if (code === plan.callingCode) {
      return plan.freeLength && digits.length > LONGEST_IN_FREE_LENGTH
        ? there
        : refused(couldBe(country, country));
    }
    return plan.freeLength && !isComplete(here.e164, digits)
      ? refused(couldBe(country, countryAbroad(digits)))
      : here;
  }
  if (thereAssigned && code === plan.callingCode) return there;
  if (thereAssigned && plan.freeLength && !hereAssigned) {
    return hasDigitTooMany(digits, plan) ? refused(couldBe(country, countryAbroad(digits))) : there;
  }
  if (thereAssigned && here.ok && !hereAssigned) {
    return refused(couldBe(country, countryAbroad(digits)));
  }
  if (!here.ok && there.ok && code === plan.callingCode) return there;
  if (here.ok && !hereAssigned && there.ok && code === plan.callingCode) {
    return refused(couldBe(country, country));
  }
  if (here.ok && plan.freeLength && plan.trunk === '0' && !isComplete(here.e164, digits)) {
    if (digits.length <= SHORTEST_IN_FREE_LENGTH) {
      return refused(
        'is too short to be told from a postal code or a short number: write it with its leading 0 or with +',
      );
    }
  }
  return here;
}

/** 312 345 67897 is an Italian mobile with a digit too many before it is Haarlem, whose +31 was torn off. */
function hasDigitTooMany(digits: string, plan: NumberPlan): boolean {
  const shorter = digits.slice(0, -1);
  const e164 = `+${plan.callingCode}${shorter}`;
  return isAssigned(e164) && isComplete(e164, shorter);
}

/** Nothing is missing: it is written like this at home. Chinese mobiles have no trunk prefix, German numbers have. */
function isComplete(e164: string, digits: string): boolean {
  const parsed = parsePhoneNumberWithError(e164);
  return parsed.formatNational().replace(/\D/g, '') === digits;
}

const countryAbroad = (digits: string): CountryCode | null =>
  mainCountryOf(callingCodeOf(digits) ?? '');
