import { randomBytes } from 'node:crypto';
import type { Clock } from '@outdial/core';
import {
  createAuditLogStore,
  createSecretStore,
  createUserStore,
  type OpenDatabase,
  type SecretStore,
  serialize,
} from '@outdial/postgres';
import { createChain } from '../audit/chain.js';
import { toEntry } from '../audit/create-audit-trail.js';
import type { Keyring } from './keyring.js';

/** Keys that the program makes for itself, one set for all nodes on a database. */
export interface InternalKeys {
  /** Signs access tokens. */
  readonly accessTokens: Uint8Array;
  /** Makes e-mail addresses and phone numbers findable without being readable. */
  readonly lookup: Uint8Array;
  /** Goes into each hash of the audit log, so that a person who has only the database cannot make a chain that fits. */
  readonly audit: Uint8Array;
  /** The secret part of the webhooks' paths: 256 random bits, base64url. */
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

/** Keys are missing although the installation is not new: making others in silence would hide that they were removed. */
export class InternalKeysMissing extends Error {
  override readonly name = 'InternalKeysMissing';

  constructor(readonly missing: readonly string[]) {
    super(
      `This installation has users, but ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing in the table secrets: they were removed, or a restore left them out. ` +
        'Put the table back from a backup. Where there is none, npm run secrets:rotate -- --make-missing-keys makes new ones and says so in the audit log; see “Missing keys” in docs/operating.md.',
    );
  }
}

/** By name; of a new installation all are. */
export async function missingInternalKeys(db: OpenDatabase['db']): Promise<readonly string[]> {
  const there = new Set((await createSecretStore(db).list()).map(({ name }) => name));
  return Object.values(NAMES).filter((name) => !there.has(name));
}

export interface InternalKeysOptions {
  /** Makes what is missing also where there are users already: only when an operator asks for it by name. */
  readonly makeMissing?: boolean;
}

/**
 * Reads them. The first start of an installation, and no other, makes them, and with them the first entry of the audit log. They
 * are random and kept sealed, so that SECRET_KEY can change without every hash changing. All or none: of several nodes that
 * start at once one makes them. Throws `CannotOpen` when they were sealed with another SECRET_KEY, and `InternalKeysMissing`.
 */
export async function internalKeys(
  db: OpenDatabase['db'],
  keyring: Keyring,
  clock: Clock,
  { makeMissing = false }: InternalKeysOptions = {},
): Promise<InternalKeys> {
  const names = Object.values(NAMES);
  const read = async (secrets: SecretStore): Promise<Map<string, Uint8Array>> => {
    const found = new Map<string, Uint8Array>();
    for (const name of names) {
      const kept = await secrets.get(name);
      if (kept !== null) found.set(name, Buffer.from(keyring.open(kept.sealed, name), 'base64url'));
    }
    return found;
  };
  let keys = await read(createSecretStore(db));
  if (keys.size < names.length) {
    keys = await serialize(db, async (tx) => {
      const secrets = createSecretStore(tx);
      const found = await read(secrets);
      const missing = names.filter((name) => !found.has(name));
      if (missing.length === 0) return found;
      const isNew = await createUserStore(tx).none();
      if (!isNew && !makeMissing) throw new InternalKeysMissing(missing);
      for (const name of missing) {
        const bytes = randomBytes(32);
        const sealed = keyring.seal(bytes.toString('base64url'), name);
        await secrets.put(
          { name, sealed, keyId: keyring.keyId },
          { userId: null, now: clock.now() },
        );
        found.set(name, bytes);
      }
      if (missing.includes(NAMES.audit)) await beginAudit(tx, keyOf(found, 'audit'), isNew, clock);
      return found;
    });
  }
  return {
    accessTokens: keyOf(keys, 'accessTokens'),
    lookup: keyOf(keys, 'lookup'),
    audit: keyOf(keys, 'audit'),
    webhookSegment: Buffer.from(keyOf(keys, 'webhookSegment')).toString('base64url'),
  };
}

/** Both or neither: a key without it would report a log that is intact. */
const beginAudit = (
  tx: OpenDatabase['db'],
  key: Uint8Array,
  isNew: boolean,
  clock: Clock,
): Promise<void> => {
  const because = isNew ? 'first start' : 'the key of the log was missing';
  const actor = { kind: 'system', id: null, name: 'system' } as const;
  const first = toEntry({ action: 'audit_begun', actor, details: { because } }, clock.now());
  return createAuditLogStore(tx).begin(createChain(key), first);
};

function keyOf(keys: ReadonlyMap<string, Uint8Array>, name: keyof InternalKeys): Uint8Array {
  const key = keys.get(NAMES[name]);
  if (key === undefined) throw new InternalKeysMissing([NAMES[name]]);
  return key;
}

/**
 * Replaces the key of access tokens: those that were issued before, and any that a person with the old key forges, are refused
 * within seconds on every node. People notice nothing, as their browsers fetch new ones with the refresh token.
 */
export async function renewAccessTokenKey(
  db: OpenDatabase['db'],
  keyring: Keyring,
  clock: Clock,
): Promise<void> {
  const name = NAMES.accessTokens;
  const sealed = keyring.seal(randomBytes(32).toString('base64url'), name);
  await createSecretStore(db).put(
    { name, sealed, keyId: keyring.keyId },
    { userId: null, now: clock.now() },
  );
}

/** The key of access tokens as it is stored now. */
export interface AccessTokenKey {
  current(): Uint8Array;
  /** Reads it again; true: it is another one. Throws what the database throws, and `CannotOpen`. */
  follow(): Promise<boolean>;
}

export function accessTokenKey(
  secrets: Pick<SecretStore, 'get'>,
  keyring: Keyring,
  first: Uint8Array,
): AccessTokenKey {
  let key = first;
  return {
    current: () => key,
    async follow() {
      const now = await readInternalKey(secrets, keyring, 'accessTokens');
      if (now === null || Buffer.from(key).equals(now)) return false;
      key = now;
      return true;
    },
  };
}
