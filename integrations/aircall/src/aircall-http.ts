import type { Timers } from '@outdial/core';
import {
  type CarrierWatch,
  createClockSkew,
  type RateBudget,
  RateLimitUsedUp,
  wait,
  wasNeverSent,
} from '@outdial/kit';
import { AircallError, type AircallTrouble, type MayTryAgain } from './aircall-error.js';

/** Basic: keys of the customer's own account. Bearer: an OAuth access token (reference 1.1). */
export type AircallCredentials =
  | { readonly kind: 'basic'; readonly apiId: string; readonly apiToken: string }
  | { readonly kind: 'bearer'; readonly accessToken: string };

/** Read for each request, so that new credentials take effect immediately; null: there are none. */
export type AircallCredentialsNow = () => Promise<AircallCredentials | null>;

export interface AircallRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Like `/v1/users/:user/calls`; error messages and logs name this, never the path with its values. */
  readonly route: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** How long to wait for a turn when the request limit is used up. */
  readonly patienceMs?: number;
}

export interface AircallAnswer {
  readonly status: number;
  /** Parsed JSON; undefined when there was no body. */
  readonly body: unknown;
}

/** One request to Aircall, with everything that is the same for all of them. Throws `AircallError` only. */
export interface AircallHttp {
  send(request: AircallRequest): Promise<AircallAnswer>;
  /** By how much Aircall's clock is ahead of ours, ms; null: no answer came yet. */
  clockSkewMs(): number | null;
  /** Ends everything under way and all waiting; safe twice. */
  close(): Promise<void>;
}

export interface AircallHttpOptions {
  readonly baseUrl: string;
  readonly credentials: AircallCredentials | AircallCredentialsNow;
  readonly timeoutMs: number;
  /** How often a GET is asked again after a lost answer or a 5xx. */
  readonly getRetries: number;
  readonly fetch: typeof fetch;
  readonly timers: Timers;
  readonly budget: RateBudget;
  readonly watch?: CarrierWatch | undefined;
}

const PATIENCE_MS = 15_000;
const FIRST_BACK_OFF_MS = 500;

export function createAircallHttp(options: AircallHttpOptions): AircallHttp {
  const { budget, timers } = options;
  const base = options.baseUrl.replace(/\/+$/, '');
  // Said now: later, fetch would name the whole address, values and all.
  if (!URL.canParse(base)) throw new Error('The base URL of Aircall is not a URL.');
  const closing = new AbortController();
  const skew = createClockSkew();

  async function send(request: AircallRequest): Promise<AircallAnswer> {
    for (let attempt = 1; ; attempt++) {
      try {
        // Before the turn: what cannot be sent must not use the limit up.
        const authorization = await authorize(request, options.credentials);
        await takeTurn(request);
        return await sendOnce(request, authorization);
      } catch (error) {
        const fault = asAircallError(error, request);
        options.watch?.failed(fault.trouble);
        // Only GETs: sending anything else twice could do it twice (reference 1.2: never a call).
        const mayRepeat = request.method === 'GET' && fault.mayTryAgain === 'yes';
        if (!mayRepeat || attempt > options.getRetries || closing.signal.aborted) throw fault;
        // After a 429 the budget itself knows how long to hold the next turn back.
        if (fault.trouble !== 'rate_limited') await pause(FIRST_BACK_OFF_MS * 2 ** (attempt - 1));
      }
    }
  }

  async function pause(ms: number): Promise<void> {
    try {
      await wait(timers, ms, closing.signal);
    } catch (cause) {
      throw closedError(cause);
    }
  }

  async function takeTurn(request: AircallRequest): Promise<void> {
    const askedAt = performance.now();
    try {
      await budget.take(request.patienceMs ?? PATIENCE_MS, closing.signal);
    } catch (error) {
      throw closing.signal.aborted ? closedError(error) : error;
    } finally {
      options.watch?.waited(performance.now() - askedAt);
    }
  }

  async function sendOnce(request: AircallRequest, authorization: string): Promise<AircallAnswer> {
    const ending = new AbortController();
    let timedOut = false;
    const cancelAlarm = timers.after(options.timeoutMs, () => {
      timedOut = true;
      ending.abort();
    });
    // By hand: AbortSignal.any would tie every request to the one signal that lives as long as the client.
    const endToo = () => ending.abort();
    closing.signal.addEventListener('abort', endToo);
    const sentAtMs = timers.now().getTime();
    try {
      const response = await options.fetch(urlOf(base, request), {
        method: request.method,
        headers: {
          authorization,
          accept: 'application/json',
          ...(request.method !== 'GET' && { 'content-type': 'application/json' }),
        },
        ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
        // A followed 307 would send a call a second time, and the credential to another host.
        redirect: 'manual',
        signal: ending.signal,
      });
      skew.heed(response.headers.get('date'), sentAtMs, timers.now().getTime());
      const skewMs = skew.skewMs();
      if (skewMs !== null) options.watch?.clockSkew?.(skewMs);
      const retryAfterSeconds = budget.heed(response.status, response.headers);
      return await readAnswer(request, response, retryAfterSeconds);
    } catch (error) {
      if (error instanceof AircallError) throw error;
      throw faultOfConnection(request, error, {
        timedOut,
        closed: closing.signal.aborted,
      });
    } finally {
      cancelAlarm();
      closing.signal.removeEventListener('abort', endToo);
    }
  }

  return {
    send,
    clockSkewMs: () => skew.skewMs(),
    async close() {
      closing.abort();
      await budget.close();
    },
  };
}

/** The header; throws when there are no credentials, or they cannot be read: then nothing was sent. */
async function authorize(
  request: AircallRequest,
  credentials: AircallHttpOptions['credentials'],
): Promise<string> {
  const unsent = (trouble: AircallTrouble, mayTryAgain: MayTryAgain, message: string) =>
    new AircallError({ trouble, status: null, mayTryAgain, message });
  const read = async () => (typeof credentials === 'function' ? credentials() : credentials);
  // Nothing of the error is passed on: whatever failed had a secret in its hands.
  const current = await read().catch(() => 'unreadable' as const);
  if (current === 'unreadable') {
    throw unsent(
      'not_reached',
      'yes',
      `The credentials for Aircall could not be read (${named(request)}).`,
    );
  }
  if (current === null) {
    throw unsent('credentials', 'no', `There are no credentials for Aircall (${named(request)}).`);
  }
  const header = authorizationOf(current);
  // fetch would refuse it with the whole header in its message.
  if (!/^[\x20-\x7e]+$/.test(header)) {
    throw unsent(
      'credentials',
      'no',
      `The credentials for Aircall hold characters that no header may have (${named(request)}).`,
    );
  }
  return header;
}

function authorizationOf(credentials: AircallCredentials): string {
  switch (credentials.kind) {
    case 'basic': {
      const pair = `${credentials.apiId}:${credentials.apiToken}`;
      return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
    }
    case 'bearer':
      return `Bearer ${credentials.accessToken}`;
    default:
      return credentials satisfies never;
  }
}

function urlOf(base: string, request: AircallRequest): string {
  const path = request.route.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(request.params?.[name] ?? ''),
  );
  const query = new URLSearchParams(request.query).toString();
  return query === '' ? `${base}${path}` : `${base}${path}?${query}`;
}

async function readAnswer(
  request: AircallRequest,
  response: Response,
  retryAfterSeconds: number | null,
): Promise<AircallAnswer> {
  const { status } = response;
  if (status >= 200 && status < 300) {
    const body = parseJson(await response.text());
    if (body.kind === 'json') return { status, body: body.value };
    throw new AircallError({
      trouble: 'unreadable',
      status,
      mayTryAgain: afterLostAnswer(request),
      message: `Aircall answered with something that is not JSON (${named(request)}: ${status}).`,
    });
  }
  // The status says enough: an error whose body cannot be read is still that error.
  const text = await response.text().catch(() => '');
  const body = parseJson(text);
  throw faultOfStatus(request, status, body.kind === 'json' ? body.value : undefined, {
    retryAfterSeconds,
  });
}

function parseJson(text: string): { kind: 'json'; value: unknown } | { kind: 'not_json' } {
  if (text.trim() === '') return { kind: 'json', value: undefined };
  try {
    return { kind: 'json', value: JSON.parse(text) as unknown };
  } catch {
    return { kind: 'not_json' };
  }
}

/** The table of reference 1.2. */
function faultOfStatus(
  request: AircallRequest,
  status: number,
  answer: unknown,
  { retryAfterSeconds }: { readonly retryAfterSeconds: number | null },
): AircallError {
  const fault = (trouble: AircallTrouble, mayTryAgain: MayTryAgain, says: string) =>
    new AircallError({
      trouble,
      status,
      mayTryAgain,
      message: `${says} (${named(request)}: ${status}).`,
      answer,
      ...(retryAfterSeconds !== null && { retryAfterSeconds }),
    });
  switch (status) {
    case 401:
    case 403:
      return fault('credentials', 'no', 'Aircall does not accept our credentials');
    case 404:
      return fault('not_found', 'no', 'Aircall knows no such thing');
    case 405:
      return fault('agent_state', 'no', 'Aircall says that the agent is not available');
    case 408:
      return fault('timed_out', afterLostAnswer(request), 'Aircall gave up waiting');
    case 429:
      return fault('rate_limited', 'yes', 'The request limit of the Aircall account is used up');
    default:
      return status >= 500
        ? fault('server_error', afterLostAnswer(request), 'Aircall had an error of its own')
        : fault('refused', 'no', 'Aircall refused the request');
  }
}

function faultOfConnection(
  request: AircallRequest,
  cause: unknown,
  { timedOut, closed }: { readonly timedOut: boolean; readonly closed: boolean },
): AircallError {
  const fault = (trouble: AircallTrouble, mayTryAgain: MayTryAgain, says: string) =>
    new AircallError({
      trouble,
      status: null,
      mayTryAgain,
      message: `${says} (${named(request)}).`,
      cause,
    });
  const lost = afterLostAnswer(request);
  if (closed) return fault('closed', lost, 'The Aircall client was closed before an answer came');
  if (timedOut) return fault('timed_out', lost, 'Aircall did not answer in time');
  if (wasNeverSent(cause)) return fault('not_reached', 'yes', 'Aircall could not be reached');
  return fault('broken_off', lost, 'The connection to Aircall broke before an answer came');
}

function closedError(cause: unknown): AircallError {
  return new AircallError({
    trouble: 'closed',
    status: null,
    mayTryAgain: 'yes',
    message: 'The Aircall client was closed before the request was sent.',
    cause,
  });
}

function asAircallError(error: unknown, request: AircallRequest): AircallError {
  if (error instanceof AircallError) return error;
  if (error instanceof RateLimitUsedUp) {
    return new AircallError({
      trouble: 'rate_limited',
      status: null,
      mayTryAgain: 'yes',
      message:
        error.because === 'queue'
          ? error.message
          : 'The request limit of the Aircall account is used up for the moment.',
      retryAfterSeconds: error.retryAfterSeconds,
    });
  }
  return new AircallError({
    trouble: 'broken_off',
    status: null,
    mayTryAgain: afterLostAnswer(request),
    message: `Asking Aircall failed in an unexpected way (${named(request)}).`,
    cause: error,
  });
}

/** Asking again does no harm; ordering again might. */
function afterLostAnswer(request: AircallRequest): MayTryAgain {
  return request.method === 'GET' ? 'yes' : 'unknown';
}

function named(request: AircallRequest): string {
  return `${request.method} ${request.route}`;
}
