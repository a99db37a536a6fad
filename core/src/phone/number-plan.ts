import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  Metadata,
  type PhoneNumberType,
} from 'libphonenumber-js/max';

/** What Google's metadata call a kind of number; null: no assigned range, as fictional numbers have none. */
export type NumberType = PhoneNumberType | null;

/**
 * The numbering plan of one country as libphonenumber-js keeps it. The methods beyond its published types exist since
 * its metadata version 4 and are held by `number-plan.test.ts`.
 */
interface FullPlan {
  IDDPrefix(): string;
  nationalPrefix(): string | undefined;
  nationalPrefixForParsing(): string | undefined;
  nationalPrefixTransformRule(): string | undefined;
  possibleLengths(): number[];
  /** 0 or undefined where the country has none. */
  leadingDigits(): string | 0 | undefined;
  nationalNumberPattern(): string;
  type(
    name: PhoneNumberType,
  ): { pattern(): string; possibleLengths(): number[] | undefined } | undefined;
}

export interface NumberPlan {
  readonly callingCode: string;
  /** Digits that are dialed before an international number, for a whole match: `00`, `001[14-689]`. */
  readonly idd: RegExp;
  /** Dialed before a national number and left out abroad: 0, 8, 06; null where there is none. */
  readonly trunk: string | null;
  /** Nothing but `trunk` may stand before a national number: no carrier codes, no area code to put before it. */
  readonly simple: boolean;
  /** Lengths of fixed and mobile numbers, without trunk prefix. */
  readonly lengths: ReadonlySet<number>;
  /**
   * Numbers have so many lengths that a length proves nothing: Germany 5 to 15, Austria, Italy, China and others. There
   * a missing plus cannot be told from a missing trunk zero by counting digits.
   */
  readonly freeLength: boolean;
}

const FREE_FROM_LENGTHS = 4;

/** Prefixes that Google's metadata lack. Indonesia: 001 and 008 Indosat, 007 Telkom, 009 Bakrie, 010 and a carrier. */
const MORE_IDD: Partial<Record<CountryCode, string>> = { ID: '00[1789]|010(?:17|00|88)' };

/** Calling codes that belong to no country. 888 and 979 are kept although few networks carry them. */
const WITHOUT_COUNTRY = ['800', '808', '870', '878', '881', '882', '883', '888', '979'];

const plans = new Map<string, NumberPlan>();

/** The plan of a country that `isSupportedCountry` knows. */
export function planOf(country: CountryCode): NumberPlan {
  const known = plans.get(country);
  if (known !== undefined) return known;
  const plan = fullPlan(country);
  const lengths = new Set<number>();
  for (const name of ['FIXED_LINE', 'MOBILE'] as const) {
    const type = plan.type(name);
    if (type === undefined || type.pattern() === '') continue;
    for (const length of type.possibleLengths() ?? plan.possibleLengths()) lengths.add(length);
  }
  const made: NumberPlan = {
    callingCode: getCountryCallingCode(country),
    idd: new RegExp(`^(?:${MORE_IDD[country] ?? plan.IDDPrefix()})$`),
    trunk: plan.nationalPrefix() || null,
    simple:
      (plan.nationalPrefixForParsing() || null) === (plan.nationalPrefix() || null) &&
      !plan.nationalPrefixTransformRule(),
    lengths: lengths.size > 0 ? lengths : new Set(plan.possibleLengths()),
    freeLength: lengths.size >= FREE_FROM_LENGTHS,
  };
  plans.set(country, made);
  return made;
}

function fullPlan(countryOrCode: string): FullPlan {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(countryOrCode as CountryCode);
  return metadata.numberingPlan as unknown as FullPlan;
}

/** Countries that share a calling code, the main one first: 1 is the US, then Antigua and 24 others. */
const countriesOf: ReadonlyMap<string, readonly CountryCode[]> = (() => {
  const found = new Map<string, CountryCode[]>();
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country);
    found.set(code, [...(found.get(code) ?? []), country]);
  }
  for (const [code, main] of Object.entries(mainCountries())) {
    const others = found.get(code)?.filter((country) => country !== main) ?? [];
    found.set(code, [main, ...others]);
  }
  return found;
})();

/** Google's "main country for code", where a code has several (resources/PhoneNumberMetadata.xml). */
function mainCountries(): Readonly<Record<string, CountryCode>> {
  return {
    '1': 'US',
    '7': 'RU',
    '39': 'IT',
    '44': 'GB',
    '47': 'NO',
    '61': 'AU',
    '212': 'MA',
    '262': 'RE',
    '290': 'SH',
    '358': 'FI',
    '590': 'GP',
    '599': 'CW',
  };
}

/** The calling code that international digits (without plus) begin with; null when no such code exists. */
export function callingCodeOf(digits: string): string | null {
  for (let length = 1; length <= 3; length++) {
    const code = digits.slice(0, length);
    if (countriesOf.has(code) || WITHOUT_COUNTRY.includes(code)) return code;
  }
  return null;
}

/** The main country of a calling code: 44 is GB, 1 is US; null for codes without a country. */
export const mainCountryOf = (callingCode: string): CountryCode | null =>
  countriesOf.get(callingCode)?.[0] ?? null;

/** Whether several countries have this calling code. */
export const isShared = (callingCode: string): boolean =>
  (countriesOf.get(callingCode)?.length ?? 0) > 1;

interface CompiledTypes {
  readonly country: CountryCode | null;
  readonly leadingDigits: RegExp | null;
  readonly whole: RegExp;
  readonly types: readonly (readonly [name: PhoneNumberType, pattern: RegExp])[];
  /** Mobile numbers are written like fixed ones, so that they cannot be told apart. */
  readonly alike: boolean;
}

const TYPES: readonly PhoneNumberType[] = [
  'FIXED_LINE',
  'MOBILE',
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'VOIP',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
];

const compiled = new Map<string, readonly CompiledTypes[]>();

function typesOf(callingCode: string): readonly CompiledTypes[] {
  const known = compiled.get(callingCode);
  if (known !== undefined) return known;
  const countries = countriesOf.get(callingCode) ?? [null];
  const made = countries.map((country) => compile(country, fullPlan(country ?? callingCode)));
  compiled.set(callingCode, made);
  return made;
}

function compile(country: CountryCode | null, plan: FullPlan): CompiledTypes {
  const types: [PhoneNumberType, RegExp][] = [];
  for (const name of TYPES) {
    const type = plan.type(name);
    const pattern = type?.pattern();
    if (type === undefined || pattern === undefined || pattern === '') continue;
    const lengths = type.possibleLengths();
    const ofLength = lengths ? `(?=(?:${lengths.map((n) => `\\d{${n}}`).join('|')})$)` : '';
    types.push([name, new RegExp(`^${ofLength}(?:${pattern})$`)]);
  }
  const leading = plan.leadingDigits();
  const mobile = plan.type('MOBILE');
  return {
    country,
    leadingDigits: leading ? new RegExp(`^(?:${leading})`) : null,
    whole: new RegExp(`^(?:${plan.nationalNumberPattern()})$`),
    types,
    alike: mobile === undefined || mobile.pattern() === '',
  };
}

export interface NumberKind {
  readonly type: NumberType;
  readonly callingCode: string;
  /** Null: no range is assigned, or the code belongs to no country. */
  readonly country: CountryCode | null;
}

let asked = '';
let answered: NumberKind | null = null;

/**
 * What a number in E.164 is by Google's metadata (`max` set, libphonenumber-js 1.13); null: no such country code. About
 * 2 µs a question, where `getType()` of the library takes 30; the last answer is remembered, as callers ask twice.
 */
export function kindOf(e164: string): NumberKind | null {
  if (e164 === asked) return answered;
  answered = findKind(e164);
  asked = e164;
  return answered;
}

function findKind(e164: string): NumberKind | null {
  const digits = e164.slice(1);
  const callingCode = callingCodeOf(digits);
  if (callingCode === null) return null;
  const national = digits.slice(callingCode.length);
  if (callingCode === '888' || callingCode === '979') {
    return { type: callingCode === '979' ? 'PREMIUM_RATE' : 'UAN', callingCode, country: null };
  }
  for (const plan of typesOf(callingCode)) {
    if (plan.leadingDigits !== null && !plan.leadingDigits.test(national)) continue;
    if (!plan.whole.test(national)) continue;
    const type = typeIn(plan, national);
    if (type !== null) return { type, callingCode, country: plan.country };
  }
  return { type: null, callingCode, country: null };
}

function typeIn(plan: CompiledTypes, national: string): NumberType {
  let fixed = false;
  for (const [name, pattern] of plan.types) {
    if (fixed && name !== 'MOBILE') return 'FIXED_LINE';
    if (!pattern.test(national)) continue;
    if (name !== 'FIXED_LINE') return fixed ? 'FIXED_LINE_OR_MOBILE' : name;
    if (plan.alike) return 'FIXED_LINE_OR_MOBILE';
    fixed = true;
  }
  return fixed ? 'FIXED_LINE' : null;
}

/** Whether a range is assigned to this number, by metadata that are always some months old. */
export const isAssigned = (e164: string): boolean => (kindOf(e164)?.type ?? null) !== null;

export { type CountryCode, isSupportedCountry };
