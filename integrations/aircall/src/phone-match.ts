import {
  type CountryCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';

/**
 * Aircall's `raw_digits` ("+1 202-555-0143", display format; or "anonymous") as E.164. A number written without its
 * country code is read as one of `country`, the country of the company's own number. Undefined when it cannot be told:
 * string equality is unsafe here (reference 7.4).
 */
export function toE164(rawDigits: string, country: string | null | undefined): string | undefined {
  const home = readCountry(country);
  const parsed = parsePhoneNumberFromString(
    rawDigits,
    home === undefined ? {} : { defaultCountry: home },
  );
  if (parsed !== undefined) return parsed.number;
  const digits = rawDigits.replace(/\D/g, '');
  // Numbers that no numbering plan knows, such as new ranges, still match when they are written in full.
  return rawDigits.trim().startsWith('+') && digits.length >= 5 ? `+${digits}` : undefined;
}

function readCountry(country: string | null | undefined): CountryCode | undefined {
  const code = country?.toUpperCase();
  return code !== undefined && isSupportedCountry(code) ? code : undefined;
}
