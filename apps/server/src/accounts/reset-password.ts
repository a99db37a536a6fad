import { randomUUID } from 'node:crypto';
import type { Clock } from '@outdial/core';
import {
  createSignInFailureStore,
  createSignInStore,
  createUserStore,
  type OpenDatabase,
} from '@outdial/postgres';
import type { AuditTrail } from '../access/audit-trail.js';
import { SYSTEM } from './from.js';
import { createPasswords } from './passwords.js';
import { newPassword } from './random-words.js';
import { createSignInGuard } from './sign-in-guard.js';
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
 * Gives somebody a one-time password without anybody being signed in: for the admin who forgot theirs. Ends their sign-ins,
 * lets them try again at once, and stands in the audit log as done by the system.
 */
export async function resetPassword(
  wish: ResetWish,
  ports: {
    readonly db: OpenDatabase['db'];
    readonly lookupKey: Uint8Array;
    readonly audit: AuditTrail;
    readonly clock: Clock;
  },
): Promise<ResetAnswer> {
  const { db, audit, clock } = ports;
  const users = createUserStore(db);
  const user = await users.findByEmail(wish.email.trim());
  if (user === null) {
    const { rows } = await users.list({}, { limit: 20 });
    return { kind: 'unknown', known: rows.map(({ email }) => email) };
  }
  const target = { kind: 'user', id: user.id };
  const password = newPassword();
  const hash = await createPasswords().hash(password);
  await users.setPassword(user.id, { hash, mustChange: true });
  const now = clock.now();
  const ended = await createSignInStore(db).endAll(user.id, 'password_changed', { now });
  await createSignInGuard({
    failures: createSignInFailureStore(db),
    key: ports.lookupKey,
    alerts: { raise: () => undefined },
    clock,
  }).forgive(user.email);
  await audit.append({
    action: 'password_changed',
    actor: SYSTEM,
    target,
    details: { by: 'users:reset-password', sign_ins_ended: ended },
  });

  let disabled = user.disabledAt !== null;
  if (wish.enable && disabled) {
    const answer = await users.patch(
      user.id,
      { disabled: false },
      { newAgentId: randomUUID(), now },
    );
    if (answer.kind !== 'changed') throw new Error(`${user.email} stays disabled: ${answer.kind}.`);
    disabled = false;
    await audit.append({
      action: 'user_changed',
      actor: SYSTEM,
      target,
      details: {
        by: 'users:reset-password',
        before: shown(answer.before),
        after: shown(answer.user),
      },
    });
  }
  const removed = wish.removeSecondFactor && (await users.removeSecondFactor(user.id));
  if (removed) {
    await audit.append({
      action: 'second_factor_removed',
      actor: SYSTEM,
      target,
      details: { by: 'users:reset-password' },
    });
  }
  return {
    kind: 'reset',
    oneTimePassword: password,
    hasSecondFactor: user.hasSecondFactor && !removed,
    disabled,
  };
}
