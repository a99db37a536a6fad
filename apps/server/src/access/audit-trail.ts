import type { AuditAction } from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';

/** What happened, by whom, from where. Never a password, a token, a key or a credential; phone numbers only where they are the matter. */
export interface AuditEvent {
  readonly action: AuditAction;
  readonly actor: {
    readonly kind: 'user' | 'api_key' | 'nobody' | 'system';
    readonly id: string | null;
    readonly name: string;
  };
  readonly target?: { readonly kind: string; readonly id: string } | undefined;
  readonly address?: string | undefined;
  readonly requestId?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** Where everything that matters leaves a trace. */
export interface AuditTrail {
  /** Resolves once it is stored. Fails when it cannot be: then what it tells of must not be answered as done. */
  append(event: AuditEvent): Promise<void>;
}

/** The same, with who and where taken from the request. */
export function auditRequest(
  trail: AuditTrail,
  request: Pick<FastifyRequest, 'principal' | 'ip' | 'id'>,
  event: Omit<AuditEvent, 'actor' | 'address' | 'requestId'>,
): Promise<void> {
  const { principal } = request;
  return trail.append({
    ...event,
    actor:
      principal === null
        ? { kind: 'nobody', id: null, name: 'nobody' }
        : { kind: principal.kind, id: principal.id, name: principal.name },
    address: request.ip,
    requestId: request.id,
  });
}
