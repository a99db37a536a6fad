import { DialerStatus, Session, type StartDialer } from '@outdial/protocol';
import type { Request } from '../request.js';

/** The calling agent's own session. */
export const dialer = (request: Request) => ({
  status: (signal?: AbortSignal) => request('GET', '/api/dialer/status', DialerStatus, { signal }),
  start: (body: StartDialer) => request('POST', '/api/dialer/start', Session, { body }),
  pause: () => request('POST', '/api/dialer/pause', Session),
  resume: () => request('POST', '/api/dialer/resume', Session),
  stop: () => request('POST', '/api/dialer/stop', Session),
});
