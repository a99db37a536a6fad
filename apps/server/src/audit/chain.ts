import { createHmac } from 'node:crypto';
import type { AuditChain, AuditFields } from '@outdial/postgres';

/** Changes with the encoding, so that no entry of an old one can pass for one of a new one. */
const ENTRY = 'outdial audit entry 1';
const HEAD = 'outdial audit head 1';

/**
 * HMAC-SHA-256 (RFC 2104) over each entry and the hash before it. Keyed, as a person who may write to the database could compute
 * any other hash as well. The encoding leaves no doubt where a value ends: each has its length in front, and what is missing
 * differs from what is empty.
 */
export function createChain(key: Uint8Array): AuditChain {
  const mac = (...values: readonly (string | Uint8Array | null)[]): Uint8Array => {
    const hmac = createHmac('sha256', key);
    for (const value of values) {
      if (value === null) {
        hmac.update('-;');
        continue;
      }
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      hmac.update(`${bytes.length}:`).update(bytes).update(';');
    }
    return hmac.digest();
  };
  return {
    hash: (fields, prevHash) => mac(ENTRY, ...inOrder(fields), prevHash),
    seal: ({ seq, hash }) => mac(HEAD, String(seq), hash),
  };
}

const inOrder = (fields: AuditFields): readonly (string | null)[] => [
  String(fields.seq),
  fields.at,
  fields.actorKind,
  fields.actorId,
  fields.actorName,
  fields.action,
  fields.targetKind,
  fields.targetId,
  fields.address,
  fields.requestId,
  fields.details,
];
