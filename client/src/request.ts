import { Problem } from '@outdial/protocol';
import { ApiError, NetworkError, UnexpectedAnswerError } from './problems.js';

export type QueryValue = string | number | boolean | null | undefined | readonly QueryValue[];

/** The part of a zod schema that the client needs. */
export interface Answer<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: Error };
}

export interface RequestOptions {
  readonly query?: object | undefined;
  /** Sent as JSON, or unchanged when it is a form. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Sends no token; for signing in. */
  readonly anonymous?: boolean | undefined;
  /** The request continues after its page has closed. */
  readonly keepalive?: boolean | undefined;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request. Resources are built on this and know nothing of HTTP beyond method and path. */
export type Request = <T>(
  method: Method,
  path: string,
  answer: Answer<T>,
  options?: RequestOptions,
) => Promise<T>;

/** A file from the server. */
export interface Download {
  readonly content: Blob;
  /** The file name from the server; null: none. */
  readonly name: string | null;
}

export type DownloadRequest = (path: string, options?: RequestOptions) => Promise<Download>;

/**
 * Returns the token to send, or null for none. `refused` is the token that the server has just answered with 401: return a new
 * token to retry, or the same one or null to let the 401 stand.
 */
export type TokenSource = (refused?: string) => Promise<string | null> | string | null;

export interface RequestConfig {
  readonly baseUrl: string;
  readonly agentId?: string | undefined;
  readonly token: TokenSource;
  readonly fetch: typeof globalThis.fetch;
  readonly checkAnswers: boolean;
}

export function createRequest(config: RequestConfig): Request {
  return async (method, path, answer, options = {}) => {
    const response = await sendWithToken(config, method, path, 'application/json', options);
    const body = await readBody(response);
    if (!response.ok) throw new ApiError(problemOf(response, body), retryAfterOf(response));
    if (!config.checkAnswers) return body as never;
    const parsed = answer.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new UnexpectedAnswerError(`${method} ${path} returned an undocumented response`, {
      cause: parsed.error,
    });
  };
}

/** Reads a whole file, because a browser sends no token when it follows a link. */
export function createDownload(config: RequestConfig): DownloadRequest {
  return async (path, options = {}) => {
    const response = await sendWithToken(config, 'GET', path, '*/*', options);
    if (!response.ok) {
      throw new ApiError(problemOf(response, await readBody(response)), retryAfterOf(response));
    }
    const named = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '');
    try {
      return { content: await response.blob(), name: named?.[1] ?? null };
    } catch (cause) {
      throw new NetworkError('The connection broke while the file was read.', { cause });
    }
  };
}

/** Sends with a token, and once more with a new token when the server refuses it. */
async function sendWithToken(
  config: RequestConfig,
  method: Method,
  path: string,
  accept: string,
  options: RequestOptions,
): Promise<Response> {
  const headers: Record<string, string> = { accept };
  if (config.agentId !== undefined) headers['x-agent-id'] = config.agentId;
  const init: RequestInit = { method, headers };
  if (options.signal) init.signal = options.signal;
  if (options.keepalive) init.keepalive = true;
  if (options.body instanceof FormData) {
    init.body = options.body;
  } else if (options.body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  const url = urlOf(config.baseUrl, path, options.query);
  const sendWith = (token: string | null) => {
    if (token !== null) headers.authorization = `Bearer ${token}`;
    return send(config, url, init);
  };

  const token = options.anonymous ? null : await config.token();
  const response = await sendWith(token);
  if (token === null || !(await isAboutTheToken(response))) return response;
  const fresh = await config.token(token);
  if (fresh === null || fresh === token) return response;
  // An unread body would keep its connection open.
  await response.body?.cancel();
  return sendWith(fresh);
}

/** A wrong password is a 401 too; sent again, it would count as a second wrong password. */
async function isAboutTheToken(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const problem = Problem.safeParse(await readBody(response.clone()));
  return !problem.success || problem.data.code === 'unauthorized';
}

/** The address of a path with its query; lists become repeated keys, empty values are left out. */
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

/** RFC 9110, section 10.2.3: seconds, or a date. null: it does not say, or not so that one could tell. */
function retryAfterOf(response: Response): number | null {
  const said = response.headers.get('retry-after');
  if (said === null || said.trim() === '') return null;
  const seconds = /^\d+$/.test(said.trim())
    ? Number(said)
    : Math.ceil((Date.parse(said) - Date.now()) / 1000);
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
