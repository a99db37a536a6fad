import {
  ApiKeyCreated,
  ApiKeyList,
  type CreateApiKey,
  Message,
  type PageQuery,
} from '@outdial/protocol';
import type { Filters, Sent, WithOptional } from '../bodies.js';
import type { Request } from '../request.js';

/** Keys of programs. */
export const apiKeys = (request: Request) => ({
  list: (query: Filters<PageQuery> = {}, signal?: AbortSignal) =>
    request('GET', '/api/api-keys', ApiKeyList, { query, signal }),
  /** The key itself is in this answer and in no other. */
  create: (body: WithOptional<Sent<typeof CreateApiKey>, 'expires_at'>) =>
    request('POST', '/api/api-keys', ApiKeyCreated, { body }),
  revoke: (id: string) => request('DELETE', `/api/api-keys/${id}`, Message),
});
