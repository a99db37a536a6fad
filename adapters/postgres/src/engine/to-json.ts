/**
 * A value as JSON text for a jsonb column or for the records of a statement. PostgreSQL has no room for NUL, nor for half
 * of a surrogate pair, in texts or keys; a provider's payload with one must still be stored (P7), so they become U+FFFD.
 * Throws a `RangeError` for what is nested some 4,000 levels deep.
 */
export const toJson = (value: unknown): string =>
  // JSON.stringify writes both as escapes, and no other half of a pair; `.` passes over the escape of a backslash.
  JSON.stringify(value ?? null).replace(ESCAPE, (written) =>
    written.length === LONG ? '\\ufffd' : written,
  );

const ESCAPE = /\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g;
const LONG = '\\u0000'.length;
