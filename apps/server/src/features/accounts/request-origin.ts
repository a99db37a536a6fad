import type { FastifyRequest } from 'fastify';
import type { AuditEvent } from '../../access/audit-trail.js';

/** Where a request comes from: for the audit log, and for a user's list of login sessions. */
export interface From {
  readonly address: string;
  readonly userAgent: string | null;
  readonly requestId: string;
}

export type Actor = AuditEvent['actor'];

export const ANONYMOUS: Actor = { kind: 'anonymous', id: null, name: 'anonymous' };
export const SYSTEM: Actor = { kind: 'system', id: null, name: 'system' };

export const asActor = ({ id, name }: { readonly id: string; readonly name: string }): Actor => ({
  kind: 'user',
  id,
  name,
});

/** Longer ones say nothing more to people. */
const LONGEST_USER_AGENT = 300;

export function fromOf({ ip, id, headers }: Pick<FastifyRequest, 'ip' | 'id' | 'headers'>): From {
  const userAgent = headers['user-agent']?.slice(0, LONGEST_USER_AGENT) ?? null;
  return { address: ip, userAgent, requestId: id };
}
