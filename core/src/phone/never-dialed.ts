import { kindOf, type NumberType } from './number-plan.js';

/** Why numbers of a kind are never dialed, to follow "The phone number". Any type left out may be dialed. */
const NEVER: Partial<Record<NonNullable<NumberType>, string>> = {
  PREMIUM_RATE: 'is a premium-rate number, which is never dialed',
  SHARED_COST: 'is a shared-cost number, for which the caller pays extra: it is never dialed',
  PERSONAL_NUMBER:
    'is a personal number, which follows its owner anywhere at the caller’s cost: it is never dialed',
  PAGER: 'belongs to a pager, which cannot be answered',
  UAN: 'is a universal access number (UAN) of a company, which is never dialed: give a direct number',
  VOICEMAIL: 'leads straight to a voicemail box, which is never dialed',
};

/**
 * Calling codes of the ITU that belong to no country (E.164 assigned codes). +800 is left out: free of charge, companies
 * only, and without a zone it waits for the lead's own.
 */
const NEVER_CODES: Readonly<Record<string, string>> = {
  '808': 'is an international shared-cost number (+808), which is never dialed',
  '870': 'is a satellite number (Inmarsat, +870), which is never dialed',
  '878': 'is a universal personal number (+878), which is never dialed',
  '881': 'is a satellite number (+881), which is never dialed',
  '882': 'is a number of an international or satellite network (+882), which is never dialed',
  '883': 'is a number of an international or satellite network (+883), which is never dialed',
  '888': 'belongs to disaster relief (+888) and is never dialed',
  '979': 'is an international premium-rate number (+979), which is never dialed',
};

/**
 * The one rule about kinds of numbers, for import, leads typed in and the calling window: why this number (E.164) is
 * never dialed, or null. Kinds are Google's metadata; a number without assigned range has none and may be dialed.
 */
export function neverDialed(e164: string): string | null {
  if (e164.startsWith('+1')) {
    // Exchange 976: information services at a premium, in every area code.
    if (/^\+1\d{3}976\d{4}$/.test(e164)) return NEVER.PREMIUM_RATE ?? null;
    // Most of North America is one kind, and its exceptions all begin with 5, 6 or 9 (500, 600, 900 and so on).
    const first = e164.charCodeAt(2);
    if (first !== 53 && first !== 54 && first !== 57) return null;
  }
  const kind = kindOf(e164);
  if (kind === null) return null;
  return NEVER_CODES[kind.callingCode] ?? (kind.type === null ? null : (NEVER[kind.type] ?? null));
}
