import { ApiError, NetworkError } from '@outdial/client';

/** What the process ends with. Programs may rely on the numbers; docs/cli.md lists them. */
export const EXIT = {
  done: 0,
  /** Anything without a number of its own. */
  failed: 1,
  /** The command line, or what it asks for, is wrong. */
  usage: 2,
  /** Not signed in, or not allowed. */
  not_allowed: 3,
  not_found: 4,
  /** It cannot be done in the present state, such as pausing what is stopped. */
  conflict: 5,
  /** The server cannot be reached, or is not ready. */
  unavailable: 6,
  /** Too many requests. */
  rate_limited: 7,
  /** Done, but with something to look at: refused lines of an import, a finding of `doctor`. */
  findings: 8,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;

/** The command line is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Nothing has that name. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

/** It cannot be done in the present state. */
export class NotPossibleError extends Error {
  override readonly name = 'NotPossibleError';
}

/** No usable sign-in and no API key. */
export class NotSignedInError extends Error {
  override readonly name = 'NotSignedInError';
}

const BY_STATUS: Readonly<Record<number, number>> = {
  400: EXIT.usage,
  401: EXIT.not_allowed,
  403: EXIT.not_allowed,
  404: EXIT.not_found,
  409: EXIT.conflict,
  413: EXIT.usage,
  422: EXIT.conflict,
  429: EXIT.rate_limited,
  502: EXIT.unavailable,
  503: EXIT.unavailable,
  504: EXIT.unavailable,
};

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof NotSignedInError) return EXIT.not_allowed;
  if (error instanceof NotFoundError) return EXIT.not_found;
  if (error instanceof NotPossibleError) return EXIT.conflict;
  if (error instanceof NetworkError) return EXIT.unavailable;
  if (error instanceof ApiError) return BY_STATUS[error.status] ?? EXIT.failed;
  return EXIT.failed;
}
