import type { ErrorCode } from '@outdial/protocol';

/** A field of the request that is at fault. */
export interface FieldError {
  /** Dots lead into objects and lists: `lead_ids.3`. */
  readonly field: string;
  readonly message: string;
  /** A value that would be accepted, where one is known. */
  readonly suggestion?: string | undefined;
}

/**
 * What a rule says no to, for every caller: a page, a command, a job. `message` is a sentence for people: what happened and what to
 * do. Knows nothing of HTTP; `http/problems.ts` has the one table that gives each code its number.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[] | undefined;
  /** When trying again makes sense; undefined: not by waiting. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    sentence: string,
    more: {
      readonly errors?: readonly FieldError[];
      readonly retryAfterSeconds?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(sentence, { cause: more.cause });
    this.code = code;
    this.errors = more.errors;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

export const notFound = (what: string): Refusal =>
  new Refusal('not_found', `There is no ${what} with this id. Check the id; it may be gone.`);
