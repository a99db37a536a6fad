import type { OpenDatabase } from '@outdial/postgres';
import type { AuditAction } from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../platform/refusal.js';

/** What happened, who did it, and from where. Never a password, a token, a key or a credential; phone numbers only where they are the matter. */
export interface AuditEvent {
  readonly action: AuditAction;
  readonly actor: {
    readonly kind: 'user' | 'api_key' | 'anonymous' | 'system';
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

/** Entries about changes in our own database. */
export interface TransactionAudit {
  /**
   * Stores them in the transaction of their change, in this order. Must be the last statement before it commits: until then every
   * other writer of the log waits.
   */
  appendIn(tx: OpenDatabase['db'], events: readonly AuditEvent[]): Promise<void>;
}

/** Who makes a change, and from where: what every entry about it says. */
export type Author = Pick<AuditEvent, 'actor' | 'address' | 'requestId'>;

export function authorOf({
  principal,
  ip,
  id,
}: Pick<FastifyRequest, 'principal' | 'ip' | 'id'>): Author {
  return {
    actor:
      principal === null
        ? { kind: 'anonymous', id: null, name: 'anonymous' }
        : { kind: principal.kind, id: principal.id, name: principal.name },
    address: ip,
    requestId: id,
  };
}

/** The same, with who and where taken from the request. */
export function auditRequest(
  trail: AuditTrail,
  request: Pick<FastifyRequest, 'principal' | 'ip' | 'id'>,
  event: Omit<AuditEvent, 'actor' | 'address' | 'requestId'>,
): Promise<void> {
  return trail.append({ ...event, ...authorOf(request) });
}

export const notRecorded = (cause: unknown): Refusal =>
  new Refusal(
    'not_recorded',
    'The audit log cannot be written at the moment, so this is not answered as done. Look whether it was, then try again.',
    { cause, retryAfterSeconds: 5 },
  );

/** The entry belongs to a change in our database, which was rolled back with it. */
const nothingChanged = (cause: unknown): Refusal =>
  new Refusal(
    'not_recorded',
    'The audit log cannot be written at the moment, so nothing was changed. Try again in a few seconds.',
    { cause, retryAfterSeconds: 5 },
  );

/** Stores the entries in the transaction of their change. A failure is the refusal `not_recorded`, and must roll the change back. */
export async function appendOrRefuse(
  audit: TransactionAudit,
  tx: OpenDatabase['db'],
  events: readonly AuditEvent[],
): Promise<void> {
  await audit.appendIn(tx, events).catch((cause: unknown) => {
    throw nothingChanged(cause);
  });
}
