import type { ApiKeyView, OpenLoginSession, UserView } from '@outdial/postgres';
import type * as wire from '@outdial/protocol';
import { PERMISSIONS, type Permission } from '@outdial/protocol';
import { permissionsOf } from '../../access/principal.js';
import { iso, isoOrNull } from '../../operations/to-time.js';
import { ACCESS_TOKEN_SECONDS } from './access-tokens.js';
import type { Tokens } from './sign-in.js';

export const toWireUser = (user: UserView): wire.User => ({
  id: user.id,
  email: user.email,
  name: user.name,
  role: user.role,
  agent_id: user.agentId,
  has_second_factor: user.hasSecondFactor,
  must_change_password: user.mustChangePassword,
  created_at: iso(user.createdAt),
  disabled_at: isoOrNull(user.disabledAt),
  last_signed_in_at: isoOrNull(user.lastSignedInAt),
});

export const toWireMe = (user: UserView): wire.Me => ({
  user: toWireUser(user),
  permissions: [...permissionsOf(user.role)],
});

/** The refresh token is in the answer only where it is not in the cookie. */
export const toWireSignedIn = (tokens: Tokens, keepIn: 'cookie' | 'body'): wire.SignedIn => ({
  access_token: tokens.accessToken,
  expires_in: ACCESS_TOKEN_SECONDS,
  ...(keepIn === 'body' && { refresh_token: tokens.refreshToken }),
  ...toWireMe(tokens.user),
});

export const toWireSignIns = (
  signIns: readonly OpenLoginSession[],
  current: string | null,
): wire.SignInEntries => ({
  sign_ins: signIns.map((signIn) => ({
    id: signIn.id,
    started_at: iso(signIn.startedAt),
    last_used_at: iso(signIn.lastUsedAt),
    address: signIn.address,
    user_agent: signIn.userAgent,
    current: signIn.id === current,
  })),
});

export const toWireApiKey = (key: ApiKeyView): wire.ApiKey => ({
  id: key.id,
  name: key.name,
  prefix: key.prefix,
  // One that a later release took away no longer counts, and is not shown.
  permissions: key.permissions.filter((name): name is Permission =>
    Object.hasOwn(PERMISSIONS, name),
  ),
  created_by: { id: key.createdBy.id, name: key.createdBy.name },
  created_at: iso(key.createdAt),
  expires_at: isoOrNull(key.expiresAt),
  last_used_at: isoOrNull(key.lastUsedAt),
  revoked_at: isoOrNull(key.revokedAt),
});
