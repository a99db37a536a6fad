/**
 * A value as JSON text for a jsonb column or for the records of a statement. PostgreSQL has no room for NUL, nor for half
 * of a surrogate pair; a provider's payload with one must still be stored (P7), so they become U+FFFD.
 */
export const toJson = (value: unknown): string =>
  JSON.stringify(value ?? null, (_key, part: unknown) =>
    typeof part === 'string' ? part.replace(UNSTORABLE, '\ufffd') : part,
  );

const UNSTORABLE = /\0|\p{Surrogate}/gu;
