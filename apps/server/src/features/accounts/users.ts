import type { Clock, Ids } from '@outdial/core';
import type {
  ApiKeyStore,
  ApiKeyView,
  Page,
  PageRequest,
  PatchUserAnswer,
  UserPatch,
  UserRole,
  UserStore,
  UserView,
} from '@outdial/postgres';
import type { AuditEvent } from '../../access/audit-trail.js';
import { type Principal, permissionsOf } from '../../access/principal.js';
import type { Changes } from '../../audit/changes.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import { hashed, refuseWeak } from './own-account.js';
import type { Passwords } from './passwords.js';
import { newPassword } from './random-words.js';
import type { From } from './request-origin.js';
import type { SignInGuard } from './sign-in-guard.js';

export interface UserWish {
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
  readonly agentId?: string | null | undefined;
  readonly password?: string | undefined;
}

/** What admins do with users. Refusals are problems. */
export interface Users {
  list(filter: { readonly q?: string | undefined }, page: PageRequest): Promise<Page<UserView>>;
  get(userId: string): Promise<UserView>;
  /** `oneTimePassword`: made up, as none was given; to be changed at the first sign-in, as a given one is. */
  create(
    by: Principal,
    wish: UserWish,
    from: From,
  ): Promise<{
    readonly user: UserView;
    readonly oneTimePassword: string | null;
    readonly newAgent: boolean;
  }>;
  /** Counts from the user's next request on. A disabled user is signed out. */
  patch(
    by: Principal,
    userId: string,
    patch: UserPatch,
    from: From,
  ): Promise<{ readonly before: UserView; readonly user: UserView; readonly newAgent: boolean }>;
  /** A new password, to be changed at the next sign-in; ends all sign-ins, and lets the user try again at once. */
  resetPassword(
    by: Principal,
    userId: string,
    from: From,
    wish: { readonly revokeApiKeys: boolean },
  ): Promise<{
    readonly user: UserView;
    readonly oneTimePassword: string;
    /** The user's keys that still count: a new password does not end them, as programs work with them. */
    readonly apiKeys: readonly ApiKeyView[];
    readonly revoked: number;
  }>;
  /** Answers how many sign-ins were ended. */
  signOut(
    by: Principal,
    userId: string,
    from: From,
  ): Promise<{ readonly user: UserView; readonly ended: number }>;
  /** For a user who lost their phone and their recovery codes. */
  removeSecondFactor(by: Principal, userId: string, from: From): Promise<UserView>;
}

export interface UsersPorts {
  readonly users: UserStore;
  readonly apiKeys: Pick<ApiKeyStore, 'ofMaker'>;
  readonly revokeApiKey: (by: Principal, keyId: string, from: From) => Promise<unknown>;
  readonly guard: Pick<SignInGuard, 'forgive' | 'remember'>;
  readonly passwords: Passwords;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly ids: Ids;
}

export function createUsers(ports: UsersPorts): Users {
  const { users, apiKeys, guard, passwords, changes, clock, ids } = ports;
  const find = async (userId: string): Promise<UserView> => {
    const user = await users.get(userId);
    if (user === null) throw notFound('user');
    return user;
  };
  const entry = (
    by: Principal,
    userId: string,
    from: From,
    event: Pick<AuditEvent, 'action' | 'details'>,
  ): AuditEvent => ({
    ...event,
    actor: { kind: by.kind, id: by.id, name: by.name },
    target: { kind: 'user', id: userId },
    address: from.address,
    requestId: from.requestId,
  });

  return {
    list: (filter, page) => users.list(filter, page),
    get: find,

    async create(by, wish, from) {
      refuseBeyond(by, wish.role);
      if (wish.agentId === null && wish.role === 'agent') throw agentNeeded();
      if (wish.password !== undefined) refuseWeak(wish.password, wish, 'password');
      const password = wish.password ?? newPassword();
      const wanted = {
        id: ids.next(),
        email: wish.email,
        name: wish.name,
        role: wish.role,
        agentId: wish.agentId,
        newAgentId: ids.next(),
        passwordHash: await hashed(passwords, password),
        mustChangePassword: true,
      };
      const { user, newAgent } = await changes.run(async (stores, record) => {
        const answer = await stores.users.create(wanted, clock.now());
        if (answer.kind !== 'created') throw refused(answer.kind);
        const { id } = answer.user;
        const details = { after: shown(answer.user) };
        record(entry(by, id, from, { action: 'user_created', details }));
        return answer;
      });
      // They sign in for the first time where the admin is, as a rule; strangers' guesses must not keep them out.
      await guard.remember(user.id, { address: from.address });
      return { user, newAgent, oneTimePassword: wish.password === undefined ? password : null };
    },

    async patch(by, userId, patch, from) {
      refuseBeyond(by, (await find(userId)).role);
      if (patch.role !== undefined) refuseBeyond(by, patch.role);
      const more = { newAgentId: ids.next(), now: clock.now() };
      return changes.run(async (stores, record) => {
        const answer = await stores.users.patch(userId, patch, more);
        if (answer.kind !== 'changed') throw refused(answer.kind);
        const details = difference(shown(answer.before), shown(answer.user));
        if (details !== null) record(entry(by, userId, from, { action: 'user_changed', details }));
        return answer;
      });
    },

    async resetPassword(by, userId, from, { revokeApiKeys }) {
      const user = await find(userId);
      refuseBeyond(by, user.role);
      const managesKeys = by.permissions.has('api_keys.manage');
      if (revokeApiKeys && !managesKeys) {
        throw new Refusal(
          'forbidden',
          'Revoking API keys needs the permission api_keys.manage. Leave revoke_api_keys out, or ask an admin.',
        );
      }
      const password = newPassword();
      const hash = await hashed(passwords, password);
      const now = clock.now();
      await changes.run(async (stores, record) => {
        const isSet = await stores.users.setPassword(userId, { hash, mustChange: true });
        if (!isSet) throw notFound('user');
        const ended = await stores.signIns.endAll(userId, 'password_changed', { now });
        const details = { by: 'an admin', sign_ins_ended: ended };
        record(entry(by, userId, from, { action: 'password_changed', details }));
      });
      await guard.forgive(user);
      await guard.remember(userId, { address: from.address });
      const keys = managesKeys ? await apiKeys.ofMaker(userId, now) : [];
      if (revokeApiKeys) for (const key of keys) await ports.revokeApiKey(by, key.id, from);
      return {
        user: { ...user, mustChangePassword: true },
        oneTimePassword: password,
        apiKeys: revokeApiKeys ? await apiKeys.ofMaker(userId, now) : keys,
        revoked: revokeApiKeys ? keys.length : 0,
      };
    },

    async signOut(by, userId, from) {
      const user = await find(userId);
      refuseBeyond(by, user.role);
      const ended = await changes.run(async (stores, record) => {
        const count = await stores.signIns.endAll(userId, 'user_changed', { now: clock.now() });
        const details = { by: 'an admin', everywhere: true, sign_ins_ended: count };
        record(entry(by, userId, from, { action: 'signed_out', details }));
        return count;
      });
      return { user, ended };
    },

    async removeSecondFactor(by, userId, from) {
      if (by.id === userId) {
        throw new Refusal(
          'forbidden',
          'Remove your own second factor with your password and a code: POST /api/auth/second-factor/end.',
        );
      }
      refuseBeyond(by, (await find(userId)).role);
      await changes.run(async (stores, record) => {
        if (!(await stores.users.removeSecondFactor(userId))) {
          throw new Refusal('second_factor_off', 'This user has no second factor.');
        }
        const details = { by: 'an admin' };
        record(entry(by, userId, from, { action: 'second_factor_removed', details }));
      });
      return find(userId);
    },
  };
}

/**
 * An API key that may look after users must not make itself an admin to sign in as: no caller gives, or gets hold of, more than they
 * have.
 */
function refuseBeyond(by: Principal, role: UserRole): void {
  const beyond = [...permissionsOf(role)].filter((permission) => !by.permissions.has(permission));
  if (beyond.length === 0) return;
  throw new Refusal(
    'forbidden',
    `Who has the role ${role} may do more than you (${beyond.slice(0, 3).join(', ')}…), so this is for an admin to do.`,
  );
}

/** What the audit log says of a user. */
export const shown = (user: UserView): Record<string, unknown> => ({
  email: user.email,
  name: user.name,
  role: user.role,
  agent_id: user.agentId,
  disabled: user.disabledAt !== null,
});

/** Only what changed; null: nothing did. */
function difference(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): { before: Record<string, unknown>; after: Record<string, unknown> } | null {
  const changed = Object.keys(after).filter((key) => before[key] !== after[key]);
  if (changed.length === 0) return null;
  const only = (of: Record<string, unknown>) =>
    Object.fromEntries(changed.map((key) => [key, of[key]]));
  return { before: only(before), after: only(after) };
}

const agentNeeded = (): Refusal =>
  new Refusal(
    'invalid_request',
    'A user with the role agent takes calls as an agent: leave agent_id out, or name an agent.',
    { errors: [{ field: 'agent_id', message: 'must not be null with the role agent' }] },
  );

function refused(kind: Exclude<PatchUserAnswer['kind'], 'changed'>): Refusal {
  switch (kind) {
    case 'not_found':
      return notFound('user');
    case 'email_taken':
      return new Refusal(
        'duplicate_email',
        'Another user has this e-mail address. Use another one.',
        { errors: [{ field: 'email', message: 'is taken' }] },
      );
    case 'agent_taken':
      return new Refusal(
        'agent_taken',
        'Another user takes calls as this agent. Name another agent, or take that one from the other user first.',
        { errors: [{ field: 'agent_id', message: 'is taken' }] },
      );
    case 'unknown_agent':
      return new Refusal('invalid_request', 'There is no such agent. GET /api/agents lists them.', {
        errors: [{ field: 'agent_id', message: 'names no agent' }],
      });
    case 'agent_needed':
      return agentNeeded();
    case 'last_admin':
      return new Refusal(
        'last_admin',
        'This is the only admin who can sign in. Make another user an admin first.',
      );
    default: {
      const never: never = kind;
      return never;
    }
  }
}
