import { type NormalizedPhone, normalizePhone, outsideCountries } from '@outdial/core';
import { Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';

/**
 * A number as people write it, in E.164; refused with the reason. `field` is where it stood. `dialable`: a lead's number, one
 * and without an extension, as what a person typed must not be dropped. `any`: for a number that is only looked up; kinds
 * that are never dialed are read as well.
 */
export async function readPhone(
  { settings }: Pick<HttpPorts, 'settings'>,
  input: string,
  field = 'phone_number',
  types: 'dialable' | 'any' = 'dialable',
): Promise<string> {
  const { default_country: country, allowed_countries: allowed } = (await settings.current())
    .settings.imports;
  const parsed = normalizePhone(input, { country, types });
  const reason = !parsed.ok
    ? parsed.reason
    : types === 'any'
      ? null
      : (surplus(parsed) ?? outsideCountries(parsed.phone, allowed));
  if (parsed.ok && reason === null) return parsed.phone;
  throw new Refusal('invalid_phone_number', `The phone number ${reason}.`, {
    errors: [{ field, message: reason ?? '' }],
  });
}

function surplus({ extension, otherNumbers }: Extract<NormalizedPhone, { ok: true }>) {
  if (otherNumbers.length > 0) return 'is more than one number: keep one';
  if (extension === null) return null;
  return 'has an extension, which the dialer cannot dial: give the direct number, or leave the extension out';
}
