import { UsageError } from './exit-codes.js';

/** The value of an option that is a whole number; undefined: it was not given. */
export function wholeNumber(
  option: string,
  text: string | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^-?\d+$/.test(text) && number >= min && number <= max) return number;
  throw new UsageError(`--${option} must be a whole number from ${min} to ${max}, not "${text}".`);
}

/** The value of an option that must be one of a few words. */
export function oneOf<const T extends string>(
  option: string,
  text: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const found = allowed.find((each) => each === text);
  if (found !== undefined) return found;
  throw new UsageError(`--${option} must be one of ${allowed.join(', ')}, not "${text}".`);
}
