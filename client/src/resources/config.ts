import { Config, type PutConfig } from '@outdial/protocol';
import type { Sent } from '../bodies.js';
import type { Request } from '../request.js';

export const config = (request: Request) => ({
  get: (signal?: AbortSignal) => request('GET', '/api/config', Config, { signal }),
  put: (body: Sent<typeof PutConfig>) => request('PUT', '/api/config', Config, { body }),
});
