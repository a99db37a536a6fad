import { randomBytes } from 'node:crypto';
import type { Clock } from '@outdial/core';
import {
  createAuditLogStore,
  createSecretStore,
  inTurn,
  type OpenDatabase,
  type SecretStore,
} from '@outdial/postgres';
import { createChain } from '../audit/chain.js';
import type { Keyring } from './keyring.js';

/** Keys that the program makes for itself, one set for all nodes on a database. */
export interface InternalKeys {
  /** Signs access tokens. */
  readonly accessTokens: Uint8Array;
  /** Makes e-mail addresses and phone numbers findable without being readable. */
  readonly lookup: Uint8Array;
  /** Goes into each hash of the audit log, so that whoever has only the database cannot make a chain that fits. */
  readonly audit: Uint8Array;
  /** The part of the webhooks' paths that nobody can guess: 256 random bits, base64url. */
  readonly webhookSegment: string;
}

const NAMES = {
  accessTokens: 'internal.access_tokens',
  lookup: 'internal.lookup',
  audit: 'internal.audit',
  webhookSegment: 'internal.webhook_segment',
} as const;

/** One of them where it is kept, and makes none; null: there is none. Throws `CannotOpen`. */
export async function readInternalKey(
  secrets: Pick<SecretStore, 'get'>,
  keyring: Keyring,
  name: keyof InternalKeys,
): Promise<Uint8Array | null> {
  const kept = await secrets.get(NAMES[name]);
  return kept === null ? null : Buffer.from(keyring.open(kept.sealed, NAMES[name]), 'base64url');
}

/**
 * Reads them, or makes them at the first start, and with its key the beginning of the audit log. They are random and kept
 * sealed, so that SECRET_KEY can change without every hash changing. Throws `CannotOpen` when they were sealed with another
 * SECRET_KEY.
 */
export async function internalKeys(
  db: OpenDatabase['db'],
  keyring: Keyring,
  clock: Clock,
): Promise<InternalKeys> {
  const key = async (name: string, secrets: SecretStore = createSecretStore(db)) => {
    const made = keyring.seal(randomBytes(32).toString('base64url'), name);
    const kept = await secrets.addIfAbsent(
      { name, sealed: made, keyId: keyring.keyId },
      clock.now(),
    );
    const bytes: Uint8Array = Buffer.from(keyring.open(kept.sealed, name), 'base64url');
    return { bytes, isNew: kept.sealed === made };
  };
  return {
    accessTokens: (await key(NAMES.accessTokens)).bytes,
    lookup: (await key(NAMES.lookup)).bytes,
    audit: await inTurn(db, async (tx) => {
      const { bytes, isNew } = await key(NAMES.audit, createSecretStore(tx));
      // Both or neither: a key without it would find fault with a log that nobody touched.
      if (isNew) await createAuditLogStore(tx).begin(createChain(bytes));
      return bytes;
    }),
    webhookSegment: Buffer.from((await key(NAMES.webhookSegment)).bytes).toString('base64url'),
  };
}
