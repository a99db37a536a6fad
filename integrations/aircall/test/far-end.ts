import type { AgentAtCarrier } from '@outdial/core';
import type { AircallTelephonyOptions } from '../src/index.js';

/** An answer of Aircall, or a failure of the connection, for each request in turn; the last one stays. */
export type Scripted = Response | Error | 'silence';

export interface SentRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Aircall as a unit test wants it: no sockets, one scripted answer after the other, and a record of what was asked. */
export function farEnd(...script: readonly Scripted[]): {
  readonly fetch: typeof fetch;
  readonly sent: readonly SentRequest[];
} {
  const sent: SentRequest[] = [];
  const rest = [...script];
  return {
    sent,
    fetch: async (input, init) => {
      sent.push({
        method: init?.method ?? 'GET',
        url: new URL(String(input)),
        headers: new Headers(init?.headers),
        body: typeof init?.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined,
      });
      const next = rest.length > 1 ? rest.shift() : rest[0];
      if (next instanceof Response) return next.clone();
      if (next instanceof Error) throw next;
      return new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });
    },
  };
}

export function answer(
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(text ?? null, { status, headers });
}

/** How Node's fetch reports a connection that did not work out. */
export function connectionError(code: string, syscall?: string): Error {
  return new TypeError('fetch failed', {
    cause: Object.assign(new Error(code), { code, ...(syscall !== undefined && { syscall }) }),
  });
}

export const basicCredentials: AircallTelephonyOptions['credentials'] = {
  kind: 'basic',
  apiId: 'mock-id',
  apiToken: 'mock-token',
};

/** An agent whose Aircall user and number are set, so that an order for a call is one request. */
export function agentOf(change: Partial<AgentAtCarrier> = {}): AgentAtCarrier {
  return {
    id: '01900000-0000-7000-8000-000000000456',
    name: 'Alex Agent',
    email: 'alex@outdial.example',
    providerUserId: '456',
    providerNumberId: '1234',
    ...change,
  };
}
