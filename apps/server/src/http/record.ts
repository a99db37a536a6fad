import type { FastifyRequest } from 'fastify';
import { type AuditEvent, auditRequest } from '../access/audit-trail.js';
import type { HttpPorts } from './http-ports.js';
import { ProblemError } from './problems.js';

/**
 * Writes what a request did into the audit log, before it is answered: nothing is answered as done of which there is no trace.
 * Throws `not_recorded` (503).
 */
export async function record(
  { audit }: Pick<HttpPorts, 'audit'>,
  request: Pick<FastifyRequest, 'principal' | 'ip' | 'id'>,
  event: Omit<AuditEvent, 'actor' | 'address' | 'requestId'>,
): Promise<void> {
  await auditRequest(audit, request, event).catch((cause: unknown) => {
    throw notRecorded(cause);
  });
}

export const notRecorded = (cause: unknown): ProblemError =>
  new ProblemError(
    'not_recorded',
    'The audit log cannot be written at the moment, so this is not answered as done. Look whether it was, then try again.',
    { cause, headers: { 'retry-after': '5' } },
  );
