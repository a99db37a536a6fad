import type { Clock } from '@outdial/core';
import type { SecretStore } from '@outdial/postgres';
import type { Logger } from 'pino';
import { CannotOpen, type Keyring } from '../secrets/keyring.js';
import { storedName } from './credentials.js';

/** Earlier releases stored `credentials.<integration>_<field>`. */
const FORMER = /^credentials\.([a-z0-9]+)_(.+)$/;

/**
 * Credentials that an earlier release stored belong to the connection of the same integration. A sealed text is bound to its name, so it
 * is sealed again. Safe on many nodes at once, and when it dies half-way: the old row goes last.
 */
export async function moveCredentials(
  { store, keyring }: { readonly store: SecretStore; readonly keyring: Keyring },
  clock: Clock,
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  for (const { name: former, sealed } of await store.list()) {
    const [, connectionId, field] = FORMER.exec(former) ?? [];
    if (connectionId === undefined || field === undefined) continue;
    try {
      const name = storedName(connectionId, field);
      const value = keyring.open(sealed, former);
      await store.addIfAbsent(
        { name, sealed: keyring.seal(value, name), keyId: keyring.keyId },
        clock.now(),
      );
      await store.remove(former);
    } catch (error) {
      if (!(error instanceof CannotOpen)) throw error;
      log.warn({ name: former }, 'a stored credential cannot be decrypted; enter it again');
    }
  }
}
