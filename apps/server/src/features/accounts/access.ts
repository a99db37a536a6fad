import type { Clock } from '@outdial/core';
import type { ApiKeyStore, LoginSessionStore } from '@outdial/postgres';
import { PERMISSIONS, type Permission } from '@outdial/protocol';
import type { Access, Refused } from '../../access/authorize.js';
import { type Principal, permissionsOf } from '../../access/principal.js';
import type { AccessTokens } from './access-tokens.js';
import { API_KEY_START } from './api-keys.js';
import { hashOf } from './random-words.js';

/** "Last used" need not be more exact, and a program that asks all the time must not write all the time. */
const NOTE_USE_EVERY_MS = 60_000;

/**
 * Knows people by their access token and programs by their API key. What they may do is read with each request, so a user who is
 * disabled, demoted or signed out is held to that at once.
 */
export function createAccess(ports: {
  readonly accessTokens: AccessTokens;
  readonly signIns: Pick<LoginSessionStore, 'find'>;
  readonly apiKeys: Pick<ApiKeyStore, 'findByHash' | 'used'>;
  readonly clock: Clock;
}): Access {
  const { accessTokens, signIns, apiKeys, clock } = ports;

  async function personOf(token: string): Promise<Principal | Refused> {
    const claims = await accessTokens.read(token);
    if (claims === 'over') {
      return refused('The access token is over. Get the next one: POST /api/auth/refresh.');
    }
    if (claims === 'invalid')
      return refused(
        'The access token is not one of this server’s. Sign in again: POST /api/auth/login.',
      );
    const user = await signIns.find(claims.signInId, claims.userId);
    if (user === null || user.ended)
      return refused('The sign-in is over. Sign in again: POST /api/auth/login.');
    if (user.disabled) return refused('The account is disabled. Ask an admin.');
    return {
      kind: 'user',
      id: user.userId,
      name: user.name,
      role: user.role,
      agentId: user.agentId,
      permissions: permissionsOf(user.role),
      signInId: claims.signInId,
      mustChangePassword: user.mustChangePassword,
    };
  }

  async function programOf(key: string): Promise<Principal | Refused> {
    const now = clock.now();
    const known = await apiKeys.findByHash(hashOf(key));
    if (known === null || known.revokedAt !== null) {
      return refused('The API key is unknown or was revoked. Ask an admin for another one.');
    }
    if (known.expiresAt !== null && known.expiresAt <= now) {
      return refused('The API key has expired. Ask an admin for another one.');
    }
    if (known.maker.disabled) {
      return refused('The user who made this API key is disabled. Ask an admin for another one.');
    }
    const notSince = new Date(now.getTime() - NOTE_USE_EVERY_MS);
    if (known.lastUsedAt === null || known.lastUsedAt <= notSince) {
      await apiKeys.used(known.id, now, notSince);
    }
    const makers = permissionsOf(known.maker.role);
    return {
      kind: 'api_key',
      id: known.id,
      name: known.name,
      role: null,
      agentId: null,
      permissions: new Set(known.permissions.filter(isPermission).filter((one) => makers.has(one))),
      signInId: null,
      mustChangePassword: false,
    };
  }

  return {
    async principalOf(authorization) {
      const shown = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1];
      if (shown === undefined) {
        return refused(
          'The header Authorization must be “Bearer”, a space, and an access token or an API key.',
        );
      }
      return shown.startsWith(API_KEY_START) ? programOf(shown) : personOf(shown);
    },
  };
}

/** A key may name one that a later release took away. */
const isPermission = (name: string): name is Permission => Object.hasOwn(PERMISSIONS, name);

const refused = (reason: string): Refused => ({ kind: 'refused', reason });
