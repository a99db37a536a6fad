import { normalizePhone, readCountry } from '@outdial/core';

export type ReadNumber =
  | {
      readonly ok: true;
      readonly phone: string;
      readonly others: readonly string[];
      readonly extension: string | null;
    }
  | { readonly ok: false; readonly reason: string };

/** `any`: also what is never dialed, as on a do-not-call list. `country`: as it stands in the file, or the default. */
export function readNumber(
  text: string,
  country: string | null,
  types: 'dialable' | 'any' = 'dialable',
): ReadNumber {
  const read = normalizePhone(text, { country, types });
  return read.ok
    ? { ok: true, phone: read.phone, others: read.otherNumbers, extension: read.extension }
    : read;
}

/** ISO 3166 alpha-2; null: not a country that we know. */
export const readCountryCell = (text: string): string | null => readCountry(text.slice(0, 100));
