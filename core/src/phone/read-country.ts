import {
  AMBIGUOUS_NAMES,
  COUNTRY_ALIASES,
  COUNTRY_CODES_OF_THREE,
  COUNTRY_LANGUAGES,
} from './country-names.js';
import { callingCodeOf, isSupportedCountry, mainCountryOf } from './number-plan.js';

/** Does this two-letter country have a numbering plan that we know? */
export const isPhoneCountry = (code: string): boolean => isSupportedCountry(code);

/**
 * Reads the cell of a country column: two or three letters of ISO 3166 in any case, a name in a common language ("United
 * Kingdom", "Deutschland", "Royaume-Uni"), or a calling code as dialers write it ("44", "+44", "0044"). A calling code
 * of several countries gives the main one: 1 is US, 7 is RU; numbers are read alike in all of them. Null: not known,
 * or a name that means two countries ("Congo").
 */
export function readCountry(text: string): string | null {
  const cell = text.trim();
  if (/^[A-Z]{2}$/.test(cell) && isSupportedCountry(cell)) return cell;
  if (/^[+(]?[\d\s()+-]+(?:\.0+)?$/.test(cell)) return byCallingCode(cell);
  const key = keyOf(cell);
  if (key === '' || AMBIGUOUS_NAMES.has(key)) return null;
  if (/^[a-z]{2}$/.test(key) && isSupportedCountry(key.toUpperCase())) return key.toUpperCase();
  return COUNTRY_ALIASES[key] ?? COUNTRY_CODES_OF_THREE[key] ?? namesOfCountries().get(key) ?? null;
}

function byCallingCode(cell: string): string | null {
  const digits = cell.replace(/\.0+$/, '').replace(/\D/g, '').replace(/^0+/, '');
  // 1-809 and the like name the area as well.
  const code = digits.length === 4 && digits.startsWith('1') ? '1' : digits;
  return callingCodeOf(code) === code ? mainCountryOf(code) : null;
}

/** Small letters without accents, points and articles: "The Netherlands" is "netherlands". */
const keyOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^the /, '');

let names: ReadonlyMap<string, string> | null = null;

/** Some 5,000 names, made at the first question in about 20 ms. A name of two countries is in none. */
function namesOfCountries(): ReadonlyMap<string, string> {
  if (names !== null) return names;
  const made = new Map<string, string | null>();
  for (const language of COUNTRY_LANGUAGES) {
    for (const style of ['long', 'short'] as const) {
      const display = new Intl.DisplayNames([language], {
        type: 'region',
        style,
        fallback: 'none',
      });
      for (const country of Object.values(COUNTRY_CODES_OF_THREE)) {
        const name = display.of(country);
        if (name === undefined) continue;
        const key = keyOf(name);
        const known = made.get(key);
        made.set(key, known === undefined || known === country ? country : null);
      }
    }
  }
  names = new Map([...made].filter((entry): entry is [string, string] => entry[1] !== null));
  return names;
}
