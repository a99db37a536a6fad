import type { ErrorCode, Problem } from '@outdial/protocol';

/** The server answered, and the answer was no. Carries the problem as it came. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly problem: Problem;
  /** In how many seconds it is worth asking again, where the server says so. */
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

  /** The fields at fault; empty when the problem is not about fields. */
  get errors(): ReadonlyArray<{ field: string; message: string }> {
    return this.problem.errors ?? [];
  }
}

/**
 * No answer: the server is not there, the network is not, or the request was given up. Whether the server acted on it is
 * unknown, so look before asking again for anything that is not safe to do twice.
 */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

/** An answer that is not what the protocol says; only looked for with `checkAnswers`. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
}
