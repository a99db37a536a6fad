/**
 * The adapter's log; it has pino's shape, so that a pino logger fits.
 * Phone numbers, e-mails and the provider's own words (which may quote them) stand only under the field `pii`.
 */
export interface AircallLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export const silentLog: AircallLog = { info: () => undefined, warn: () => undefined };
