export interface LoggedRequest {
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  /** Null while no answer was given (a fault that never answers). */
  status: number | null;
  /** The fault that struck it. */
  faultId: number | null;
}

const keptRequests = 20_000;

export class RequestLog {
  #requests: LoggedRequest[] = [];

  note(request: LoggedRequest): LoggedRequest {
    this.#requests.push(request);
    if (this.#requests.length > keptRequests) this.#requests.shift();
    return request;
  }

  all(): readonly LoggedRequest[] {
    return this.#requests;
  }

  reset(): void {
    this.#requests = [];
  }
}
