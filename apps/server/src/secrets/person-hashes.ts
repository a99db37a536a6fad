import { createHmac } from 'node:crypto';
import type { PersonHashes } from '@outdial/postgres';

/**
 * Keyed hashes (HMAC-SHA-256, RFC 2104) by which a person is found without their number or address being readable. The key is
 * `InternalKeys.lookup`: numbers are few enough to try them all, so that a hash without a key would hide nothing.
 */
export function personHashes(key: Uint8Array): PersonHashes {
  // The kind goes in, so that what hashes alike is alike.
  const hash = (kind: string, text: string): Buffer =>
    createHmac('sha256', key).update(`${kind}\0${text}`).digest();
  return {
    phone: (e164) => hash('phone', e164),
    email: (address) => hash('email', normalEmail(address)),
  };
}

/** As people type it, one and the same mailbox in practice (RFC 5321 lets the part before the @ differ by case; no one does). */
export const normalEmail = (address: string): string => address.trim().toLowerCase();
