import { kindOf } from './number-plan.js';

/**
 * Why a number (E.164) is of none of the countries that may be called (ISO 3166 alpha-2; empty: every country), to follow "The phone
 * number"; null: it may be called. A country code that several countries share belongs to the country of the number's range.
 */
export function outsideCountries(phone: string, allowed: readonly string[]): string | null {
  if (allowed.length === 0) return null;
  const country = kindOf(phone)?.country ?? null;
  if (country !== null && allowed.includes(country)) return null;
  return `belongs to ${country ?? 'no country'}, which is not among the countries that may be called (${allowed.join(', ')}): an admin can add it in the settings`;
}
