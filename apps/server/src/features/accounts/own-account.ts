import type { Clock } from '@outdial/core';
import type { LoginSessionStore, OpenLoginSession, UserStore, UserView } from '@outdial/postgres';
import type { AuditEvent } from '../../access/audit-trail.js';
import type { Changes } from '../../audit/changes.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import { weaknessOf } from './password-rules.js';
import { type Passwords, TooBusy } from './passwords.js';
import { asActor, type From } from './request-origin.js';
import type { SecondFactor } from './second-factor.js';
import { type Proof, type SigningIn, tooBusy } from './sign-in.js';

/** What users see and change about themselves. `userId` is theirs: the routes take it from the access token. */
export interface OwnAccount {
  get(userId: string): Promise<UserView>;
  rename(userId: string, name: string, from: From): Promise<UserView>;
  /** Ends all their sign-ins but this one. */
  changePassword(
    userId: string,
    change: { readonly current: string; readonly next: string; readonly signInId: string | null },
    from: From,
  ): Promise<void>;
  signIns(userId: string): Promise<readonly OpenLoginSession[]>;
  endSignIn(userId: string, signInId: string, from: From): Promise<void>;
  /** All of them, this one too; answers how many. */
  signOutEverywhere(userId: string, from: From): Promise<number>;
  startSecondFactor(
    userId: string,
    proof: Proof,
    from: From,
  ): Promise<{ readonly secret: string; readonly uri: string }>;
  /** Answers the recovery codes, this once. */
  confirmSecondFactor(userId: string, code: string, from: From): Promise<readonly string[]>;
  endSecondFactor(userId: string, proof: ProofWithCode, from: From): Promise<void>;
  /** New ones, this once; the old ones no longer count. */
  newRecoveryCodes(userId: string, proof: ProofWithCode, from: From): Promise<readonly string[]>;
}

export type ProofWithCode = Proof & { readonly code: string };

export interface OwnAccountPorts {
  readonly users: UserStore;
  readonly signIns: LoginSessionStore;
  readonly signingIn: SigningIn;
  readonly passwords: Passwords;
  readonly secondFactor: SecondFactor;
  readonly changes: Changes;
  readonly clock: Clock;
}

export function createOwnAccount(ports: OwnAccountPorts): OwnAccount {
  const { users, signIns, signingIn, secondFactor, changes, clock } = ports;
  const own = async (userId: string): Promise<UserView> => {
    const user = await users.get(userId);
    if (user === null) throw notFound('user');
    return user;
  };
  const entry = (
    user: { readonly id: string; readonly name: string },
    from: From,
    action: AuditEvent['action'],
    details: AuditEvent['details'] = {},
  ): AuditEvent => ({
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
      return changes.run(async (stores, record) => {
        const user = await stores.users.rename(userId, name);
        if (user === null) throw notFound('user');
        const change = { before: { name: before.name }, after: { name } };
        record(entry(user, from, 'user_changed', change));
        return user;
      });
    },

    async changePassword(userId, { current, next, signInId }, from) {
      const user = await signingIn.confirm(userId, { password: current, signInId }, from);
      refuseWeak(next, user, 'new_password');
      if (next === current) {
        throw new Refusal('weak_password', 'The new password is the old one. Choose another.', {
          errors: [{ field: 'new_password', message: 'is the old one' }],
        });
      }
      const hash = await hashed(ports.passwords, next);
      const now = clock.now();
      await changes.run(async (stores, record) => {
        await stores.users.setPassword(userId, { hash, mustChange: false });
        const others = { now, except: signInId };
        const ended = await stores.signIns.endAll(userId, 'password_changed', others);
        const details = { by: 'themselves', sign_ins_ended: ended };
        record(entry(user, from, 'password_changed', details));
      });
    },

    signIns: (userId) => signIns.listOpen(userId, clock.now()),

    async endSignIn(userId, signInId, from) {
      const user = await own(userId);
      await changes.run(async (stores, record) => {
        if (!(await stores.signIns.end(signInId, userId, 'signed_out', clock.now()))) {
          throw notFound('sign-in of yours that goes on');
        }
        record(entry(user, from, 'signed_out', { sign_in_id: signInId }));
      });
    },

    async signOutEverywhere(userId, from) {
      const user = await own(userId);
      const now = clock.now();
      return changes.run(async (stores, record) => {
        const ended = await stores.signIns.endAll(userId, 'signed_out_everywhere', { now });
        record(entry(user, from, 'signed_out', { everywhere: true, sign_ins_ended: ended }));
        return ended;
      });
    },

    async startSecondFactor(userId, proof, from) {
      const user = await signingIn.confirm(userId, proof, from);
      const { secret, uri, sealed } = secondFactor.make(user);
      if (!(await users.prepareSecondFactor(userId, sealed))) {
        throw new Refusal(
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
        throw new Refusal(
          'invalid_second_factor',
          'The code is wrong or too old. Send the one that the app shows now; the phone’s clock must be right.',
        );
      }
      const { codes, hashes } = secondFactor.newRecoveryCodes();
      const now = clock.now();
      await changes.run(async (stores, record) => {
        const confirmed = { step, recoveryCodes: hashes, now };
        if (!(await stores.users.confirmSecondFactor(userId, confirmed))) throw off();
        record(entry(user, from, 'second_factor_set'));
      });
      return codes;
    },

    async endSecondFactor(userId, proof, from) {
      if (!(await own(userId)).hasSecondFactor) throw off();
      const user = await signingIn.confirm(userId, proof, from);
      await changes.run(async (stores, record) => {
        if (!(await stores.users.removeSecondFactor(userId))) throw off();
        record(entry(user, from, 'second_factor_removed', { by: 'themselves' }));
      });
    },

    async newRecoveryCodes(userId, proof, from) {
      if (!(await own(userId)).hasSecondFactor) throw off();
      const user = await signingIn.confirm(userId, proof, from);
      const { codes, hashes } = secondFactor.newRecoveryCodes();
      await changes.run(async (stores, record) => {
        await stores.users.replaceRecoveryCodes(userId, hashes);
        record(entry(user, from, 'second_factor_set', { recovery_codes: 'new ones' }));
      });
      return codes;
    },
  };
}

const off = (): Refusal =>
  new Refusal(
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
  throw new Refusal(
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
