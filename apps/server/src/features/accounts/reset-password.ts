import { randomUUID } from 'node:crypto';
import type { Clock } from '@outdial/core';
import {
  createKnownPlaceStore,
  createSignInFailureStore,
  createUserStore,
  type OpenDatabase,
} from '@outdial/postgres';
import type { Changes } from '../../audit/changes.js';
import { createPasswords } from './passwords.js';
import { newPassword } from './random-words.js';
import { SYSTEM } from './request-origin.js';
import { createSignInGuard, rememberThisMachine } from './sign-in-guard.js';
import { shown } from './users.js';

export interface ResetWish {
  readonly email: string;
  /** They lost their phone and their recovery codes. */
  readonly removeSecondFactor: boolean;
  /** They were disabled, and may come in again. */
  readonly enable: boolean;
}

export type ResetAnswer =
  | {
      readonly kind: 'reset';
      readonly oneTimePassword: string;
      /** Still in the way of a sign-in. */
      readonly hasSecondFactor: boolean;
      readonly disabled: boolean;
    }
  | { readonly kind: 'unknown'; readonly known: readonly string[] };

/**
 * Gives a user a one-time password without a signed-in admin: for the admin who forgot theirs. Ends their sign-ins,
 * lets them try again at once, and stands in the audit log as done by the system.
 */
export async function resetPassword(
  wish: ResetWish,
  ports: {
    readonly db: OpenDatabase['db'];
    readonly lookupKey: Uint8Array;
    readonly changes: Changes;
    readonly clock: Clock;
  },
): Promise<ResetAnswer> {
  const { db, changes, clock } = ports;
  const users = createUserStore(db);
  const user = await users.findByEmail(wish.email.trim());
  if (user === null) {
    const { rows } = await users.list({}, { limit: 20 });
    return { kind: 'unknown', known: rows.map(({ email }) => email) };
  }
  const target = { kind: 'user', id: user.id };
  const password = newPassword();
  const hash = await createPasswords().hash(password);
  const now = clock.now();
  const by = 'users:reset-password';
  let disabled = user.disabledAt !== null;
  const removed = await changes.run(async (stores, record) => {
    await stores.users.setPassword(user.id, { hash, mustChange: true });
    const ended = await stores.signIns.endAll(user.id, 'password_changed', { now });
    record({
      action: 'password_changed',
      actor: SYSTEM,
      target,
      details: { by, sign_ins_ended: ended },
    });
    if (wish.enable && disabled) {
      const more = { newAgentId: randomUUID(), now };
      const answer = await stores.users.patch(user.id, { disabled: false }, more);
      if (answer.kind !== 'changed') {
        throw new Error(`${user.email} stays disabled: ${answer.kind}.`);
      }
      disabled = false;
      record({
        action: 'user_changed',
        actor: SYSTEM,
        target,
        details: { by, before: shown(answer.before), after: shown(answer.user) },
      });
    }
    if (!wish.removeSecondFactor) return false;
    const isRemoved = await stores.users.removeSecondFactor(user.id);
    if (isRemoved) {
      record({ action: 'second_factor_removed', actor: SYSTEM, target, details: { by } });
    }
    return isRemoved;
  });
  const places = createKnownPlaceStore(db);
  await createSignInGuard({
    failures: createSignInFailureStore(db),
    places,
    key: ports.lookupKey,
    alerts: { raise: () => undefined },
    clock,
  }).forgive(user);
  await rememberThisMachine(places, user.id, now);
  return {
    kind: 'reset',
    oneTimePassword: password,
    hasSecondFactor: user.hasSecondFactor && !removed,
    disabled,
  };
}
