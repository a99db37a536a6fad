import type { Clock, Ids } from '@outdial/core';
import type {
  Page,
  PageRequest,
  PatchUserAnswer,
  SignInStore,
  UserPatch,
  UserRole,
  UserStore,
  UserView,
} from '@outdial/postgres';
import type { AuditEvent, AuditTrail } from '../access/audit-trail.js';
import { type Principal, permissionsOf } from '../access/principal.js';
import { notFound, ProblemError } from '../http/problems.js';
import type { From } from './from.js';
import { hashed, refuseWeak } from './own-account.js';
import type { Passwords } from './passwords.js';
import { newPassword } from './random-words.js';
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
  /** Counts from the user's next request on. Whoever is disabled is signed out. */
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
  ): Promise<{ readonly user: UserView; readonly oneTimePassword: string }>;
  /** Answers how many sign-ins were ended. */
  signOut(
    by: Principal,
    userId: string,
    from: From,
  ): Promise<{ readonly user: UserView; readonly ended: number }>;
  /** For somebody who lost their phone and their recovery codes. */
  removeSecondFactor(by: Principal, userId: string, from: From): Promise<UserView>;
}

export interface UsersPorts {
  readonly users: UserStore;
  readonly signIns: Pick<SignInStore, 'endAll'>;
  readonly guard: Pick<SignInGuard, 'forgive'>;
  readonly passwords: Passwords;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly ids: Ids;
}

export function createUsers(ports: UsersPorts): Users {
  const { users, signIns, guard, passwords, audit, clock, ids } = ports;
  const find = async (userId: string): Promise<UserView> => {
    const user = await users.get(userId);
    if (user === null) throw notFound('user');
    return user;
  };
  const note = (
    by: Principal,
    userId: string,
    from: From,
    event: Pick<AuditEvent, 'action' | 'details'>,
  ): Promise<void> =>
    audit.append({
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
      const answer = await users.create(
        {
          id: ids.next(),
          email: wish.email,
          name: wish.name,
          role: wish.role,
          agentId: wish.agentId,
          newAgentId: ids.next(),
          passwordHash: await hashed(passwords, password),
          mustChangePassword: true,
        },
        clock.now(),
      );
      if (answer.kind !== 'created') throw refused(answer.kind);
      const { user, newAgent } = answer;
      await note(by, user.id, from, { action: 'user_created', details: { after: shown(user) } });
      return { user, newAgent, oneTimePassword: wish.password === undefined ? password : null };
    },

    async patch(by, userId, patch, from) {
      refuseBeyond(by, (await find(userId)).role);
      if (patch.role !== undefined) refuseBeyond(by, patch.role);
      const more = { newAgentId: ids.next(), now: clock.now() };
      const answer = await users.patch(userId, patch, more);
      if (answer.kind !== 'changed') throw refused(answer.kind);
      const change = difference(shown(answer.before), shown(answer.user));
      if (change !== null) {
        await note(by, userId, from, { action: 'user_changed', details: change });
      }
      return answer;
    },

    async resetPassword(by, userId, from) {
      const user = await find(userId);
      refuseBeyond(by, user.role);
      const password = newPassword();
      const hash = await hashed(passwords, password);
      if (!(await users.setPassword(userId, { hash, mustChange: true }))) throw notFound('user');
      const now = clock.now();
      const ended = await signIns.endAll(userId, 'password_changed', { now });
      await guard.forgive(user.email);
      await note(by, userId, from, {
        action: 'password_changed',
        details: { by: 'an admin', sign_ins_ended: ended },
      });
      return { user: { ...user, mustChangePassword: true }, oneTimePassword: password };
    },

    async signOut(by, userId, from) {
      const user = await find(userId);
      refuseBeyond(by, user.role);
      const ended = await signIns.endAll(userId, 'user_changed', { now: clock.now() });
      await note(by, userId, from, {
        action: 'signed_out',
        details: { by: 'an admin', everywhere: true, sign_ins_ended: ended },
      });
      return { user, ended };
    },

    async removeSecondFactor(by, userId, from) {
      if (by.id === userId) {
        throw new ProblemError(
          'forbidden',
          'Remove your own second factor with your password and a code: POST /api/auth/second-factor/end.',
        );
      }
      refuseBeyond(by, (await find(userId)).role);
      if (!(await users.removeSecondFactor(userId))) {
        throw new ProblemError('second_factor_off', 'This user has no second factor.');
      }
      await note(by, userId, from, {
        action: 'second_factor_removed',
        details: { by: 'an admin' },
      });
      return find(userId);
    },
  };
}

/**
 * An API key that may look after users must not make itself an admin to sign in as: nobody gives, or gets hold of, more than they
 * have.
 */
function refuseBeyond(by: Principal, role: UserRole): void {
  const beyond = [...permissionsOf(role)].filter((permission) => !by.permissions.has(permission));
  if (beyond.length === 0) return;
  throw new ProblemError(
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

const agentNeeded = (): ProblemError =>
  new ProblemError(
    'invalid_request',
    'Who has the role agent takes calls as somebody: leave agent_id out, or name an agent.',
    { errors: [{ field: 'agent_id', message: 'must not be null with the role agent' }] },
  );

function refused(kind: Exclude<PatchUserAnswer['kind'], 'changed'>): ProblemError {
  switch (kind) {
    case 'not_found':
      return notFound('user');
    case 'email_taken':
      return new ProblemError(
        'duplicate_email',
        'Another user has this e-mail address. Use another one.',
        { errors: [{ field: 'email', message: 'is taken' }] },
      );
    case 'agent_taken':
      return new ProblemError(
        'agent_taken',
        'Another user takes calls as this agent. Name another agent, or take that one from the other user first.',
        { errors: [{ field: 'agent_id', message: 'is taken' }] },
      );
    case 'unknown_agent':
      return new ProblemError(
        'invalid_request',
        'There is no such agent. GET /api/agents lists them.',
        {
          errors: [{ field: 'agent_id', message: 'names no agent' }],
        },
      );
    case 'agent_needed':
      return agentNeeded();
    case 'last_admin':
      return new ProblemError(
        'last_admin',
        'This is the only admin who can sign in. Make somebody else an admin first.',
      );
    default: {
      const never: never = kind;
      return never;
    }
  }
}
