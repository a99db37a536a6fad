import type { Clock, Ids } from '@outdial/core';
import type { ApiKeyStore, ApiKeyView, Page, PageRequest } from '@outdial/postgres';
import type { Permission } from '@outdial/protocol';
import type { Principal } from '../../access/principal.js';
import type { Changes } from '../../audit/changes.js';
import { doesNotFit } from '../../platform/does-not-fit.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import { hashOf, newToken } from './random-words.js';
import { asActor, type From } from './request-origin.js';

/** Tells a key from an access token, and lets scanners of source code find one that was left there. */
export const API_KEY_START = 'od_';
/** Enough to recognise a key by, and of no use to an attacker who guesses. */
const SHOWN = API_KEY_START.length + 6;

/** Keys with which programs come in. */
export interface ApiKeys {
  list(page: PageRequest): Promise<Page<ApiKeyView>>;
  /** The key itself is answered this once. Its permissions are among its maker's. */
  create(
    by: Principal,
    wish: {
      readonly name: string;
      readonly permissions: readonly Permission[];
      readonly expiresAt: Date | null;
    },
    from: From,
  ): Promise<{ readonly apiKey: ApiKeyView; readonly key: string }>;
  /** It no longer counts from the next request on. Revoking it again changes nothing. A key revokes none that may do more. */
  revoke(by: Principal, keyId: string, from: From): Promise<ApiKeyView>;
}

export function createApiKeys(ports: {
  readonly store: ApiKeyStore;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly ids: Ids;
}): ApiKeys {
  const { store, changes, clock, ids } = ports;
  return {
    list: (page) => store.list(page),

    async create(by, { name, permissions, expiresAt }, from) {
      if (by.kind !== 'user') {
        throw new Refusal('forbidden', 'An API key cannot make others. Sign in as an admin.');
      }
      const beyond = permissions.filter((permission) => !by.permissions.has(permission));
      if (beyond.length > 0) {
        throw new Refusal(
          'forbidden',
          `A key may do no more than the user who makes it, and you may not: ${beyond.join(', ')}.`,
        );
      }
      const now = clock.now();
      if (expiresAt !== null && expiresAt <= now) {
        throw doesNotFit([{ field: 'expires_at', message: 'is over already' }]);
      }
      const key = `${API_KEY_START}${newToken()}`;
      const apiKey = await changes.run(async (stores, record) => {
        const made = await stores.apiKeys.create(
          {
            id: ids.next(),
            name,
            prefix: key.slice(0, SHOWN),
            hash: hashOf(key),
            permissions: [...new Set(permissions)],
            createdBy: by.id,
            expiresAt,
          },
          now,
        );
        if (made === 'name_taken') {
          throw new Refusal(
            'duplicate_name',
            'Another API key has this name. Use another name, or revoke that key first.',
            { errors: [{ field: 'name', message: 'is taken' }] },
          );
        }
        record({
          action: 'api_key_created',
          actor: asActor(by),
          target: { kind: 'api_key', id: made.id },
          address: from.address,
          requestId: from.requestId,
          details: {
            name,
            prefix: made.prefix,
            permissions: made.permissions,
            expires_at: expiresAt?.toISOString() ?? null,
          },
        });
        return made;
      });
      return { apiKey, key };
    },

    async revoke(by, keyId, from) {
      const before = await store.get(keyId);
      if (before === null) throw notFound('API key');
      const beyond = before.permissions.filter(
        (permission) => !by.permissions.has(permission as Permission),
      );
      if (by.kind === 'api_key' && keyId !== by.id && beyond.length > 0) {
        throw new Refusal(
          'forbidden',
          `This key may do more than yours (${beyond.slice(0, 3).join(', ')}), so only an admin can revoke it.`,
        );
      }
      return changes.run(async (stores, record) => {
        const revoked = await stores.apiKeys.revoke(keyId, clock.now());
        const apiKey = (await stores.apiKeys.get(keyId)) ?? before;
        if (revoked) {
          record({
            action: 'api_key_revoked',
            actor: { kind: by.kind, id: by.id, name: by.name },
            target: { kind: 'api_key', id: keyId },
            address: from.address,
            requestId: from.requestId,
            details: { name: apiKey.name, prefix: apiKey.prefix },
          });
        }
        return apiKey;
      });
    },
  };
}
