import type { Clock, Ids } from '@outdial/core';
import type { SignInStore, UserStore, UserView, UserWithSecrets } from '@outdial/postgres';
import type { AuditTrail } from '../access/audit-trail.js';
import type { SecurityAlerts } from '../access/security-alerts.js';
import { ProblemError } from '../http/problems.js';
import type { AccessTokens } from './access-tokens.js';
import { asActor, type From, NOBODY_KNOWN } from './from.js';
import { type Passwords, TooBusy } from './passwords.js';
import { hashOf, newToken } from './random-words.js';
import type { SecondFactor, SecondFactorUsed } from './second-factor.js';
import { comparable, type SignInAttempt, type SignInGuard } from './sign-in-guard.js';

const DAY = 24 * 3600_000;
/** Whoever has not been there for so long signs in anew… */
export const REFRESH_TOKEN_MS = 30 * DAY;
/** …and everybody after this (OWASP ASVS 5.0, 7.3.2). */
export const LONGEST_SIGN_IN_MS = 90 * DAY;

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the refresh token ends. */
  readonly refreshUntil: Date;
  readonly user: UserView;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly secondFactor?: string | undefined;
}

/**
 * Sign-ins that are looked at or wait for it. Beyond that a flood is turned away before it costs a statement: with the embedded
 * database the dialer's statements stand in the same line.
 */
const AT_ONCE = 100;

/** Signing in and out. Refusals are problems: the answers of a wrong e-mail address and of a wrong password are the same. */
export interface SigningIn {
  signIn(credentials: Credentials, from: From): Promise<Tokens>;
  /** Trades a refresh token for the next one. One that comes a second time ends the sign-in, as somebody else may have it. */
  refresh(token: string | undefined, from: From): Promise<Tokens>;
  /** Nothing happens where the token is unknown or over. */
  signOut(token: string | undefined, from: From): Promise<void>;
  /**
   * Somebody who is signed in shows that they know the password, and the second factor where `code` is given. Wrong ones count
   * as failed sign-ins do.
   */
  confirm(userId: string, password: string, from: From, code?: string): Promise<UserWithSecrets>;
}

export interface SigningInPorts {
  readonly users: UserStore;
  readonly signIns: SignInStore;
  readonly guard: SignInGuard;
  readonly passwords: Passwords;
  readonly secondFactor: SecondFactor;
  readonly accessTokens: AccessTokens;
  readonly audit: AuditTrail;
  readonly alerts: SecurityAlerts;
  readonly clock: Clock;
  readonly ids: Ids;
}

type FailedBecause =
  | 'unknown_account'
  | 'wrong_password'
  | 'disabled'
  | 'wrong_second_factor'
  | 'changed_meanwhile';

export function createSigningIn(ports: SigningInPorts): SigningIn {
  const { users, signIns, guard, passwords, secondFactor, accessTokens, audit, clock } = ports;

  let underWay = 0;

  /** Holds an attempt open around `work`, so that what is nobody's mistake does not count as one. */
  async function attempt<T>(
    email: string,
    from: From,
    work: (attempt: SignInAttempt) => Promise<T>,
  ): Promise<T> {
    if (underWay >= AT_ONCE || passwords.full()) throw tooBusy();
    underWay += 1;
    try {
      const open = await guard.begin(email, from.address);
      try {
        return await work(open);
      } catch (error) {
        if (error instanceof ProblemError) throw error;
        await open.takeBack().catch(() => undefined);
        throw error instanceof TooBusy ? tooBusy() : error;
      }
    } finally {
      underWay -= 1;
    }
  }

  async function failed(
    open: SignInAttempt,
    reason: FailedBecause,
    who: { readonly email: string; readonly user: UserView | null },
    from: From,
  ): Promise<void> {
    const { lockedUntil } = open.failed();
    await audit.append({
      action: 'sign_in_failed',
      actor: NOBODY_KNOWN,
      ...(who.user !== null && { target: { kind: 'user', id: who.user.id } }),
      address: from.address,
      requestId: from.requestId,
      details: {
        reason,
        // What was typed for an unknown account may be a password in the wrong field.
        ...(who.user !== null && { email: who.user.email }),
        ...(lockedUntil !== null && { locked_until: lockedUntil.toISOString() }),
      },
    });
  }

  async function tokensFor(user: UserView, signInId: string, refreshToken: string, until: Date) {
    const accessToken = await accessTokens.issue(user.id, signInId);
    return { accessToken, refreshToken, refreshUntil: until, user };
  }

  const invalid = (): ProblemError =>
    new ProblemError(
      'invalid_credentials',
      'The e-mail address or the password is wrong. Try again, or ask an admin for a new password.',
    );

  return {
    signIn: ({ email, password, secondFactor: code }, from) =>
      attempt(email, from, async (open) => {
        const user = await users.findByEmail(comparable(email));
        const right = await passwords.matches(user?.passwordHash ?? null, password);
        if (user === null || !right || user.disabledAt !== null) {
          const reason = user === null ? 'unknown_account' : right ? 'disabled' : 'wrong_password';
          await failed(open, reason, { email, user }, from);
          throw invalid();
        }
        let used: SecondFactorUsed | null = null;
        if (user.hasSecondFactor) {
          if (code === undefined) {
            await open.takeBack();
            throw new ProblemError(
              'second_factor_required',
              'Send a code of the authenticator app, or a recovery code, as second_factor as well.',
            );
          }
          used = await secondFactor.use(user, code);
          if (used === null) {
            await failed(open, 'wrong_second_factor', { email, user }, from);
            throw invalidSecondFactor();
          }
        }
        const now = clock.now();
        const token = newToken();
        const until = new Date(now.getTime() + REFRESH_TOKEN_MS);
        const signInId = ports.ids.next();
        const started = await signIns.start(
          {
            id: signInId,
            userId: user.id,
            address: from.address,
            userAgent: from.userAgent,
            token: { hash: hashOf(token), expiresAt: until },
          },
          { passwordHash: user.passwordHash, now },
        );
        if (!started) {
          await failed(open, 'changed_meanwhile', { email, user }, from);
          throw invalid();
        }
        await open.succeeded();
        if (passwords.isOutdated(user.passwordHash) && !passwords.full()) {
          await users.rehash(user.id, user.passwordHash, await passwords.hash(password));
        }
        const signedIn = {
          action: 'signed_in',
          actor: asActor(user),
          target: { kind: 'sign_in', id: signInId },
          address: from.address,
          requestId: from.requestId,
          details: { second_factor: used },
        } as const;
        await audit.append(signedIn).catch(async (error: unknown) => {
          // Nobody gets its tokens, so it must not stand in the list of sign-ins.
          await signIns.end(signInId, user.id, 'signed_out', now).catch(() => undefined);
          throw error;
        });
        return tokensFor({ ...user, lastSignedInAt: now }, signInId, token, until);
      }),

    async refresh(token, from) {
      if (token === undefined) throw refreshRefused('There is no refresh token.');
      const now = clock.now();
      const next = newToken();
      const answer = await signIns.rotate(
        hashOf(token),
        { hash: hashOf(next), expiresAt: new Date(now.getTime() + REFRESH_TOKEN_MS) },
        { longestMs: LONGEST_SIGN_IN_MS, now },
      );
      switch (answer.kind) {
        case 'rotated': {
          const user = await users.get(answer.userId);
          if (user === null) throw refreshRefused('The account is gone.');
          return tokensFor(user, answer.signInId, next, answer.expiresAt);
        }
        case 'used_twice': {
          ports.alerts.raise({
            kind: 'refresh_token_used_twice',
            message:
              'A refresh token was used twice, so somebody may have copied it. That sign-in was ended; the audit log shows whose.',
          });
          const user = await users.get(answer.userId);
          await audit.append({
            action: 'refresh_token_used_twice',
            actor: NOBODY_KNOWN,
            target: { kind: 'user', id: answer.userId },
            address: from.address,
            requestId: from.requestId,
            details: { sign_in_id: answer.signInId, email: user?.email ?? null },
          });
          throw refreshRefused(
            'The refresh token was used before, so somebody else may have it. The sign-in was ended for everybody.',
          );
        }
        case 'unknown':
        case 'over':
          throw refreshRefused('The refresh token is unknown, or the sign-in is over.');
        default: {
          const never: never = answer;
          return never;
        }
      }
    },

    async signOut(token, from) {
      if (token === undefined) return;
      const owner = await signIns.ownerOf(hashOf(token));
      if (owner === null) return;
      if (!(await signIns.end(owner.signInId, owner.userId, 'signed_out', clock.now()))) return;
      const user = await users.get(owner.userId);
      await audit.append({
        action: 'signed_out',
        actor: user === null ? NOBODY_KNOWN : asActor(user),
        target: { kind: 'sign_in', id: owner.signInId },
        address: from.address,
        requestId: from.requestId,
      });
    },

    async confirm(userId, password, from, code) {
      const known = await users.get(userId);
      if (known === null) throw invalid();
      return attempt(known.email, from, async (open) => {
        const user = await users.getWithSecrets(userId);
        const right = await passwords.matches(user?.passwordHash ?? null, password);
        if (user === null || !right) {
          await failed(open, 'wrong_password', { email: known.email, user: known }, from);
          throw new ProblemError('invalid_credentials', 'The password is wrong. Try again.');
        }
        if (code !== undefined && (await secondFactor.use(user, code)) === null) {
          await failed(open, 'wrong_second_factor', { email: known.email, user }, from);
          throw invalidSecondFactor();
        }
        await open.takeBack();
        return user;
      });
    },
  };
}

const invalidSecondFactor = (): ProblemError =>
  new ProblemError(
    'invalid_second_factor',
    'The code is wrong, was used before, or is too old. Wait for the next one, or use a recovery code.',
  );

const refreshRefused = (what: string): ProblemError =>
  new ProblemError('refresh_token', `${what} Sign in again: POST /api/auth/login.`);

/** Also for whoever sets passwords: those are hashed in the same line. */
export const tooBusy = (): ProblemError =>
  new ProblemError(
    'rate_limited',
    'More people sign in at this moment than the server can look at. Try again in a few seconds.',
    { headers: { 'retry-after': '3' } },
  );
