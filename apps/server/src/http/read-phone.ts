import { parsePhone } from '@outdial/core';
import type { HttpPorts } from './http-ports.js';
import { ProblemError } from './problems.js';

/** A number as people write it, in E.164; refused with the reason. `field` is where it stood. */
export async function readPhone(
  { settings }: Pick<HttpPorts, 'settings'>,
  input: string,
  field = 'phone_number',
): Promise<string> {
  const { default_country: country } = (await settings.current()).settings.imports;
  const parsed = parsePhone(input, country ?? undefined);
  if (parsed.ok) return parsed.e164;
  throw new ProblemError('invalid_phone_number', `The phone number ${parsed.reason}.`, {
    errors: [{ field, message: parsed.reason }],
  });
}
