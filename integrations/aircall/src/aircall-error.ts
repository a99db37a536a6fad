/**
 * What went wrong between us and Aircall.
 *
 * credentials   401 or 403: the key or token is bad (403 does not mean "scope", reference 1.2)
 * not_found     404
 * agent_state   405: the user is not available (reference 0.5; not a wrong verb)
 * refused       400, 422 and every other refusal; `answer` says why
 * rate_limited  429, or our own budget has nothing left within the caller's patience
 * not_reached   no connection came about, so the request was surely not sent
 * timed_out     sent, or about to be, and no answer in time
 * broken_off    the connection was lost while waiting for the answer
 * server_error  5xx
 * unreadable    an answer that is not what the reference describes
 * closed        the client was closed meanwhile
 */
export type AircallTrouble =
  | 'credentials'
  | 'not_found'
  | 'agent_state'
  | 'refused'
  | 'rate_limited'
  | 'not_reached'
  | 'timed_out'
  | 'broken_off'
  | 'server_error'
  | 'unreadable'
  | 'closed';

/**
 * `unknown`: the request may have been carried out. Never send it again; look first. Only requests that change
 * something can be unknown: a lost answer to a GET is `yes`.
 */
export type MayTryAgain = 'yes' | 'no' | 'unknown';

/** Its message names the route, never the path: paths and answers hold e-mails and phone numbers. */
export class AircallError extends Error {
  readonly trouble: AircallTrouble;
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly mayTryAgain: MayTryAgain;
  readonly retryAfterSeconds?: number;
  /** Private, so that no logger prints it by walking over properties. */
  readonly #answer: unknown;

  constructor(fault: {
    readonly trouble: AircallTrouble;
    readonly status: number | null;
    readonly mayTryAgain: MayTryAgain;
    readonly message: string;
    readonly retryAfterSeconds?: number;
    readonly answer?: unknown;
    readonly cause?: unknown;
  }) {
    super(fault.message, fault.cause === undefined ? undefined : { cause: fault.cause });
    this.name = 'AircallError';
    this.trouble = fault.trouble;
    this.status = fault.status;
    this.mayTryAgain = fault.mayTryAgain;
    if (fault.retryAfterSeconds !== undefined) this.retryAfterSeconds = fault.retryAfterSeconds;
    this.#answer = fault.answer;
  }

  /** The body of the answer, parsed. May hold personal data. */
  get answer(): unknown {
    return this.#answer;
  }

  /** The provider's own words: `troubleshoot`, `error` or `message` (reference 1.2). May hold personal data. */
  get providerText(): string {
    if (typeof this.#answer !== 'object' || this.#answer === null) return '';
    const { error, message, troubleshoot } = this.#answer as Record<string, unknown>;
    return [troubleshoot, error, message].filter((part) => typeof part === 'string').join(' / ');
  }

  /** The application answered, not the gateway in front of it (reference 1.2): a 404 then means "no such thing". */
  get fromApplication(): boolean {
    return (
      typeof this.#answer === 'object' &&
      this.#answer !== null &&
      typeof (this.#answer as Record<string, unknown>).error === 'string'
    );
  }
}
