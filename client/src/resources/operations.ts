import { Health, Readiness } from '@outdial/protocol';
import type { Request } from '../request.js';

export const operations = (request: Request) => ({
  health: (signal?: AbortSignal) => request('GET', '/healthz', Health, { signal }),
  readiness: (signal?: AbortSignal) => request('GET', '/readyz', Readiness, { signal }),
});
