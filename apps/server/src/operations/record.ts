import type { FastifyRequest } from 'fastify';
import {
  type AuditEvent,
  type AuditTrail,
  auditRequest,
  notRecorded,
} from '../access/audit-trail.js';

/**
 * Writes what a request did into the audit log, before it is answered: nothing is answered as done of which there is no trace.
 * Throws `not_recorded` (503).
 */
export async function record(
  { audit }: { readonly audit: AuditTrail },
  request: Pick<FastifyRequest, 'principal' | 'ip' | 'id'>,
  event: Omit<AuditEvent, 'actor' | 'address' | 'requestId'>,
): Promise<void> {
  await auditRequest(audit, request, event).catch((cause: unknown) => {
    throw notRecorded(cause);
  });
}
