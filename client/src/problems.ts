import type { ErrorCode, Problem } from '@outdial/protocol';

/** The server refused the request. Carries the problem unchanged. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly problem: Problem;
  /** Seconds until a retry makes sense (`Retry-After`); null: the server does not say. */
  readonly retryAfterSeconds: number | null;

  constructor(problem: Problem, retryAfterSeconds: number | null = null) {
    super(problem.detail);
    this.status = problem.status;
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get code(): ErrorCode {
    return this.problem.code;
  }

  /** For people: what happened and what to do. */
  get detail(): string {
    return this.problem.detail;
  }

  /** The invalid fields; empty when the problem is not about fields. */
  get errors(): NonNullable<Problem['errors']> {
    return this.problem.errors ?? [];
  }
}

/**
 * No response: the server or the network is down, or the request was aborted. It is unknown whether the server acted on it,
 * so check the state before you repeat a request that is not idempotent.
 */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

/** An answer that is not what the protocol says; only looked for with `checkAnswers`. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
}
