import {
  AuditList,
  type AuditQuery,
  AuditVerification,
  type AuditVerifyQuery,
} from '@outdial/protocol';
import type { Filters, Sent } from '../bodies.js';
import type { Request } from '../request.js';

/** What happened, by whom. */
export const audit = (request: Request) => ({
  list: (query: Filters<Sent<typeof AuditQuery>> = {}, signal?: AbortSignal) =>
    request('GET', '/api/audit', AuditList, { query, signal }),
  /** Reads the whole log and says whether anything in it was altered, removed or reordered; seconds for each million entries. */
  verify: (query: Filters<Sent<typeof AuditVerifyQuery>> = {}, signal?: AbortSignal) =>
    request('GET', '/api/audit/verify', AuditVerification, { query, signal }),
});
