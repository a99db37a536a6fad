import { AuditList, type AuditQuery } from '@outdial/protocol';
import type { Filters, Sent } from '../bodies.js';
import type { Request } from '../request.js';

/** What happened, by whom. */
export const audit = (request: Request) => ({
  list: (query: Filters<Sent<typeof AuditQuery>> = {}, signal?: AbortSignal) =>
    request('GET', '/api/audit', AuditList, { query, signal }),
});
