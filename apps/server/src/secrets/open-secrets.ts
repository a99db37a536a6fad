import type { Clock } from '@outdial/core';
import { createSecretStore, type OpenDatabase, type SecretStore } from '@outdial/postgres';
import type { Config } from '../config/read-config.js';
import { type InternalKeys, internalKeys } from './internal-keys.js';
import type { Keyring } from './keyring.js';
import { keyringOf, readSecretKeys } from './secret-keys.js';

/** Everything that is secret, opened. */
export interface Secrets {
  readonly store: SecretStore;
  readonly keyring: Keyring;
  readonly keys: InternalKeys;
}

/** Throws `CannotOpen` when what is there was sealed with another SECRET_KEY. The database is migrated. */
export async function openSecrets(
  config: Pick<Config, 'secretKey' | 'previousSecretKeys' | 'database'>,
  db: OpenDatabase['db'],
  clock: Clock,
): Promise<Secrets> {
  const keyring = keyringOf(await readSecretKeys(config));
  return { store: createSecretStore(db), keyring, keys: await internalKeys(db, keyring, clock) };
}
