import { operations } from '@outdial/protocol';
import { methodsOf } from './methods.js';
import { createDownload, createRequest, type RequestConfig, type TokenSource } from './request.js';

export interface ClientOptions {
  /** Where the server is, such as `http://127.0.0.1:3000`; a path prefix may follow. */
  readonly baseUrl: string;
  /** Acts as this agent; left out: as the server decides. */
  readonly agentId?: string | undefined;
  /**
   * What is shown as `Authorization: Bearer`: an API key as it is, or where to get a token, which is asked before every request
   * and, with the refused one, once more after a 401 (see `signIn` and `createTokenKeeper`). Left out: nothing is shown.
   */
  readonly token?: string | TokenSource | undefined;
  readonly fetch?: typeof globalThis.fetch;
  /**
   * Checks every answer against the protocol and fails on a difference. For development and tests; in production a
   * field that a newer server added or widened must not break a screen, so it is off unless asked for.
   */
  readonly checkAnswers?: boolean;
}

/**
 * A method for every operation of the API, by resource: `client.leads.update(id, { score: 5 })`. What is in the path comes first, then the
 * body, then the query, then a signal. Fails with `ApiError`, `NetworkError` or, with `checkAnswers`, `UnexpectedAnswerError`.
 */
export function createClient(options: ClientOptions) {
  const { token = null } = options;
  const requestConfig = {
    baseUrl: options.baseUrl,
    agentId: options.agentId,
    token: typeof token === 'function' ? token : () => token,
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    checkAnswers: options.checkAnswers ?? false,
  } satisfies RequestConfig;
  return methodsOf(operations, createRequest(requestConfig), createDownload(requestConfig));
}

export type Client = ReturnType<typeof createClient>;
