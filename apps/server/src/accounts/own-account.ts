import type { Clock } from '@outdial/core';
import type { OpenSignIn, SignInStore, UserStore, UserView } from '@outdial/postgres';
import type { AuditEvent, AuditTrail } from '../access/audit-trail.js';
import { notFound, ProblemError } from '../http/problems.js';
import { asActor, type From } from './from.js';
import { weaknessOf } from './password-rules.js';
import { type Passwords, TooBusy } from './passwords.js';
import type { SecondFactor } from './second-factor.js';
import { type SigningIn, tooBusy } from './sign-in.js';

/** What somebody sees and changes about themselves. `userId` is theirs: the routes take it from the access token. */
export interface OwnAccount {
  get(userId: string): Promise<UserView>;
  rename(userId: string, name: string, from: From): Promise<UserView>;
  /** Ends all their sign-ins but this one. */
  changePassword(
    userId: string,
    change: { readonly current: string; readonly next: string; readonly signInId: string | null },
    from: From,
  ): Promise<void>;
  signIns(userId: string): Promise<readonly OpenSignIn[]>;
  endSignIn(userId: string, signInId: string, from: From): Promise<void>;
  /** All of them, this one too; answers how many. */
  signOutEverywhere(userId: string, from: From): Promise<number>;
  startSecondFactor(
    userId: string,
    password: string,
    from: From,
  ): Promise<{ readonly secret: string; readonly uri: string }>;
  /** Answers the recovery codes, this once. */
  confirmSecondFactor(userId: string, code: string, from: From): Promise<readonly string[]>;
  endSecondFactor(userId: string, password: string, code: string, from: From): Promise<void>;
  /** New ones, this once; the old ones no longer count. */
  newRecoveryCodes(
    userId: string,
    password: string,
    code: string,
    from: From,
  ): Promise<readonly string[]>;
}

export interface OwnAccountPorts {
  readonly users: UserStore;
  readonly signIns: SignInStore;
  readonly signingIn: SigningIn;
  readonly passwords: Passwords;
  readonly secondFactor: SecondFactor;
  readonly audit: AuditTrail;
  readonly clock: Clock;
}

export function createOwnAccount(ports: OwnAccountPorts): OwnAccount {
  const { users, signIns, signingIn, secondFactor, audit, clock } = ports;
  const own = async (userId: string): Promise<UserView> => {
    const user = await users.get(userId);
    if (user === null) throw notFound('user');
    return user;
  };
  const note = (
    user: { readonly id: string; readonly name: string },
    from: From,
    action: AuditEvent['action'],
    details: AuditEvent['details'] = {},
  ): Promise<void> =>
    audit.append({
      action,
      actor: asActor(user),
      target: { kind: 'user', id: user.id },
      address: from.address,
      requestId: from.requestId,
      details,
    });

  return {
    get: own,

    async rename(userId, name, from) {
      const before = await own(userId);
      if (before.name === name) return before;
      const user = await users.rename(userId, name);
      if (user === null) throw notFound('user');
      const change = { before: { name: before.name }, after: { name } };
      await note(user, from, 'user_changed', change);
      return user;
    },

    async changePassword(userId, { current, next, signInId }, from) {
      const user = await signingIn.confirm(userId, current, from);
      refuseWeak(next, user, 'new_password');
      if (next === current) {
        throw new ProblemError(
          'weak_password',
          'The new password is the old one. Choose another.',
          {
            errors: [{ field: 'new_password', message: 'is the old one' }],
          },
        );
      }
      const hash = await hashed(ports.passwords, next);
      await users.setPassword(userId, { hash, mustChange: false });
      const now = clock.now();
      const ended = await signIns.endAll(userId, 'password_changed', { now, except: signInId });
      await note(user, from, 'password_changed', { by: 'themselves', sign_ins_ended: ended });
    },

    signIns: (userId) => signIns.listOpen(userId, clock.now()),

    async endSignIn(userId, signInId, from) {
      const user = await own(userId);
      if (!(await signIns.end(signInId, userId, 'signed_out', clock.now()))) {
        throw notFound('sign-in of yours that goes on');
      }
      await note(user, from, 'signed_out', { sign_in_id: signInId });
    },

    async signOutEverywhere(userId, from) {
      const user = await own(userId);
      const ended = await signIns.endAll(userId, 'signed_out_everywhere', { now: clock.now() });
      await note(user, from, 'signed_out', { everywhere: true, sign_ins_ended: ended });
      return ended;
    },

    async startSecondFactor(userId, password, from) {
      const user = await signingIn.confirm(userId, password, from);
      const { secret, uri, sealed } = secondFactor.make(user);
      if (!(await users.prepareSecondFactor(userId, sealed))) {
        throw new ProblemError(
          'second_factor_on',
          'You have a second factor already. Remove it first, then set up another one.',
        );
      }
      return { secret, uri };
    },

    async confirmSecondFactor(userId, code, from) {
      const user = await users.getWithSecrets(userId);
      if (user === null) throw notFound('user');
      if (user.totpSecret === null || user.hasSecondFactor) throw off();
      const step = secondFactor.stepOf(user, code);
      if (step === null) {
        throw new ProblemError(
          'invalid_second_factor',
          'The code is wrong or too old. Send the one that the app shows now; the phone’s clock must be right.',
        );
      }
      const { codes, hashes } = secondFactor.newRecoveryCodes();
      const now = clock.now();
      if (!(await users.confirmSecondFactor(userId, { step, recoveryCodes: hashes, now }))) {
        throw off();
      }
      await note(user, from, 'second_factor_set');
      return codes;
    },

    async endSecondFactor(userId, password, code, from) {
      if (!(await own(userId)).hasSecondFactor) throw off();
      const user = await signingIn.confirm(userId, password, from, code);
      if (!(await users.removeSecondFactor(userId))) throw off();
      await note(user, from, 'second_factor_removed', { by: 'themselves' });
    },

    async newRecoveryCodes(userId, password, code, from) {
      if (!(await own(userId)).hasSecondFactor) throw off();
      const user = await signingIn.confirm(userId, password, from, code);
      const { codes, hashes } = secondFactor.newRecoveryCodes();
      await users.replaceRecoveryCodes(userId, hashes);
      await note(user, from, 'second_factor_set', { recovery_codes: 'new ones' });
      return codes;
    },
  };
}

const off = (): ProblemError =>
  new ProblemError(
    'second_factor_off',
    'There is no second factor to confirm or remove. Set one up first: POST /api/auth/second-factor.',
  );

/** Throws the problem `weak_password`. */
export function refuseWeak(
  password: string,
  of: { readonly email: string; readonly name: string },
  field: string,
): void {
  const weakness = weaknessOf(password, of);
  if (weakness === null) return;
  throw new ProblemError(
    'weak_password',
    `The password would be guessed first: ${weakness}. Three or four words that do not belong together are better.`,
    { errors: [{ field, message: 'would be guessed first' }] },
  );
}

/** Throws the problem `rate_limited` when too many wait. */
export async function hashed(passwords: Passwords, password: string): Promise<string> {
  try {
    return await passwords.hash(password);
  } catch (error) {
    throw error instanceof TooBusy ? tooBusy() : error;
  }
}
