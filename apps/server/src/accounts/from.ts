import type { AuditEvent } from '../access/audit-trail.js';

/** From where somebody asks: for the audit log, and for the list of one's own sign-ins. */
export interface From {
  readonly address: string;
  readonly userAgent: string | null;
  readonly requestId: string;
}

export type Actor = AuditEvent['actor'];

export const NOBODY_KNOWN: Actor = { kind: 'nobody', id: null, name: 'nobody' };
export const SYSTEM: Actor = { kind: 'system', id: null, name: 'system' };

export const asActor = ({ id, name }: { readonly id: string; readonly name: string }): Actor => ({
  kind: 'user',
  id,
  name,
});
