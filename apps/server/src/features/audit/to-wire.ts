import type { StoredAuditEntry } from '@outdial/postgres';
import type { AuditAction, AuditEntry } from '@outdial/protocol';

export const toWireAuditEntry = (entry: StoredAuditEntry): AuditEntry => ({
  seq: entry.seq,
  at: entry.at.toISOString(),
  // Entries before migration 0027 keep the word that their hash covers.
  actor: {
    kind: entry.actorKind === 'nobody' ? 'anonymous' : entry.actorKind,
    id: entry.actorId,
    name: entry.actorName,
  },
  // Only our own words are written; one of a newer release is shown as it is.
  action: entry.action as AuditAction,
  target: entry.targetKind === null ? null : { kind: entry.targetKind, id: entry.targetId ?? '' },
  address: entry.address,
  request_id: entry.requestId,
  details: entry.details,
  hash: Buffer.from(entry.hash).toString('hex'),
});
