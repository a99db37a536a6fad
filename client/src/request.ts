import { Problem } from '@outdial/protocol';
import { ApiError, NetworkError, UnexpectedAnswerError } from './problems.js';

export type QueryValue = string | number | boolean | null | undefined | readonly QueryValue[];

/** As much of a zod schema as the client needs. */
export interface Answer<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: Error };
}

export interface RequestOptions {
  readonly query?: object | undefined;
  /** Sent as JSON, or as it is when it is a form. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request. Resources are built on this and know nothing of HTTP beyond method and path. */
export type Request = <T>(
  method: Method,
  path: string,
  answer: Answer<T>,
  options?: RequestOptions,
) => Promise<T>;

export interface RequestConfig {
  readonly baseUrl: string;
  readonly agentId?: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly checkAnswers: boolean;
}

export function createRequest(config: RequestConfig): Request {
  return async (method, path, answer, options = {}) => {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (config.agentId !== undefined) headers['x-agent-id'] = config.agentId;
    const init: RequestInit = { method, headers };
    if (options.signal) init.signal = options.signal;
    if (options.body instanceof FormData) {
      init.body = options.body;
    } else if (options.body !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(options.body);
    }

    const response = await send(config, urlOf(config.baseUrl, path, options.query), init);
    const body = await readBody(response);
    if (!response.ok) throw new ApiError(problemOf(response, body));
    if (!config.checkAnswers) return body as never;
    const parsed = answer.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new UnexpectedAnswerError(`${method} ${path} did not answer as documented`, {
      cause: parsed.error,
    });
  };
}

/** The address of a path with its query; lists become repeated keys, nothing stands for left-out values. */
export function urlOf(baseUrl: string, path: string, query: object = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') search.append(key, String(one));
    }
  }
  const text = search.toString();
  return `${baseUrl.replace(/\/$/, '')}${path}${text === '' ? '' : `?${text}`}`;
}

async function send(config: RequestConfig, url: string, init: RequestInit): Promise<Response> {
  try {
    return await config.fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new NetworkError('The server did not answer. Check the connection and try again.', {
      cause,
    });
  }
}

async function readBody(response: Response): Promise<unknown> {
  let text: string;
  try {
    text = await response.text();
  } catch (cause) {
    throw new NetworkError('The connection broke while the answer was read.', { cause });
  }
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Whatever stands between us and the server (a proxy, a gateway) may answer with something else than a problem. */
function problemOf(response: Response, body: unknown): Problem {
  const parsed = Problem.safeParse(body);
  if (parsed.success) return parsed.data;
  const unavailable = [502, 503, 504].includes(response.status);
  return {
    type: 'about:blank',
    title: response.statusText || `HTTP ${response.status}`,
    status: response.status,
    code: unavailable ? 'not_ready' : 'internal',
    detail: unavailable
      ? 'The server cannot be reached at the moment. Try again shortly.'
      : `The server answered ${response.status} without saying why.`,
  };
}
