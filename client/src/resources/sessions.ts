import { type CreateSession, Session, SessionList, type SessionListQuery } from '@outdial/protocol';
import type { Filters, Sent } from '../bodies.js';
import type { Request } from '../request.js';

/** Sessions of any agent. */
export const sessions = (request: Request) => ({
  list: (query: Filters<Sent<typeof SessionListQuery>> = {}, signal?: AbortSignal) =>
    request('GET', '/api/dialer/sessions', SessionList, { query, signal }),
  create: (body: CreateSession) => request('POST', '/api/dialer/sessions', Session, { body }),
  get: (id: string, signal?: AbortSignal) =>
    request('GET', `/api/dialer/sessions/${id}`, Session, { signal }),
  pause: (id: string) => request('POST', `/api/dialer/sessions/${id}/pause`, Session),
  resume: (id: string) => request('POST', `/api/dialer/sessions/${id}/resume`, Session),
  stop: (id: string) => request('POST', `/api/dialer/sessions/${id}/stop`, Session),
});
