import {
  AddedSuppressions,
  type AddSuppressions,
  type PageQuery,
  SuppressionList,
} from '@outdial/protocol';
import { type Filters, optionalAnswer, type Sent, type WithOptional } from '../bodies.js';
import type { Request } from '../request.js';

export const suppressions = (request: Request) => ({
  list: (query: Filters<PageQuery> = {}, signal?: AbortSignal) =>
    request('GET', '/api/suppressions', SuppressionList, { query, signal }),
  add: (body: WithOptional<Sent<typeof AddSuppressions>, 'reason'>) =>
    request('POST', '/api/suppressions', AddedSuppressions, { body }),
  remove: (phoneNumber: string) =>
    request('DELETE', `/api/suppressions/${encodeURIComponent(phoneNumber)}`, optionalAnswer),
});
