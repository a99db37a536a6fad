import type { Clock, Ids } from '@outdial/core';
import type { LoginSessionStore, UserStore, UserView, UserWithSecrets } from '@outdial/postgres';
import type { AuditTrail } from '../../access/audit-trail.js';
import type { SecurityAlerts } from '../../access/security-alerts.js';
import type { Changes } from '../../audit/changes.js';
import { Refusal } from '../../platform/refusal.js';
import type { AccessTokens } from './access-tokens.js';
import { type Passwords, TooBusy } from './passwords.js';
import { hashOf, newToken } from './random-words.js';
import { ANONYMOUS, asActor, type From } from './request-origin.js';
import type { SecondFactor, SecondFactorUsed } from './second-factor.js';
import { comparable, type SignInAttempt, type SignInGuard } from './sign-in-guard.js';

const DAY = 24 * 3600_000;
/** A user who was away for so long signs in anew… */
export const REFRESH_TOKEN_MS = 30 * DAY;
/** …and everybody after this (OWASP ASVS 5.0, 7.3.2). */
export const LONGEST_SIGN_IN_MS = 90 * DAY;

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the refresh token ends. */
  readonly refreshUntil: Date;
  readonly user: UserView;
  /** For the browser to keep and to bring at the next sign-in; null: it is not to be remembered. */
  readonly device: string | null;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly secondFactor?: string | undefined;
  /** What the browser brought of an earlier sign-in; null: nothing. */
  readonly device?: string | null | undefined;
  /** A browser that will be known from now on: the answer has a token for it. */
  readonly rememberDevice?: boolean | undefined;
}

/** What a person who is signed in proves again. */
export interface Proof {
  readonly password: string;
  readonly code?: string | undefined;
  /** The login session in which they do it: wrong proofs count there. */
  readonly signInId: string | null;
}

/**
 * Sign-ins that are looked at or wait for it. Beyond that a flood is turned away before it costs a statement: with the embedded
 * database the dialer's statements stand in the same line.
 */
const AT_ONCE = 100;

/** Signing in and out. Refusals are problems: the answers of a wrong e-mail address and of a wrong password are the same. */
export interface SigningIn {
  signIn(credentials: Credentials, from: From): Promise<Tokens>;
  /** Trades a refresh token for the next one. One that comes a second time ends the sign-in, as it may have been copied. */
  refresh(token: string | undefined, from: From): Promise<Tokens>;
  /** Nothing happens where the token is unknown or over. */
  signOut(token: string | undefined, from: From): Promise<void>;
  /**
   * A person who is signed in shows that they know the password, and the second factor where `code` is given. Wrong ones count
   * for this login session alone, with the delays of failed sign-ins: a stranger's guesses at the account are no reason to
   * refuse its owner the change of password that they call for.
   */
  confirm(userId: string, proof: Proof, from: From): Promise<UserWithSecrets>;
}

export interface SigningInPorts {
  readonly users: UserStore;
  readonly signIns: LoginSessionStore;
  readonly guard: SignInGuard;
  readonly passwords: Passwords;
  readonly secondFactor: SecondFactor;
  readonly accessTokens: AccessTokens;
  /** Of failed sign-ins: nothing is changed by them. */
  readonly audit: AuditTrail;
  readonly changes: Changes;
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
  const { users, signIns, guard, passwords, secondFactor, accessTokens, audit, changes, clock } =
    ports;

  let underWay = 0;

  /** Holds an attempt open around `work`, so that what is not a wrong password does not count as one. */
  async function attempt<U, T>(
    begin: () => Promise<{ readonly open: SignInAttempt; readonly user: U }>,
    work: (open: SignInAttempt, user: U) => Promise<T>,
  ): Promise<T> {
    if (underWay >= AT_ONCE || passwords.full()) throw tooBusy();
    underWay += 1;
    try {
      const { open, user } = await begin();
      try {
        return await work(open, user);
      } catch (error) {
        if (error instanceof Refusal) throw error;
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
      actor: ANONYMOUS,
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

  async function tokensFor(
    user: UserView,
    signInId: string,
    refresh: { readonly token: string; readonly until: Date; readonly device: string | null },
  ): Promise<Tokens> {
    const accessToken = await accessTokens.issue(user.id, signInId);
    const { token: refreshToken, until: refreshUntil, device } = refresh;
    return { accessToken, refreshToken, refreshUntil, user, device };
  }

  const invalid = (): Refusal =>
    new Refusal(
      'invalid_credentials',
      'The e-mail address or the password is wrong. Try again, or ask an admin for a new password.',
    );

  return {
    async signIn({ email, password, secondFactor: code, ...browser }, from) {
      const brought = isDeviceToken(browser.device) ? browser.device : null;
      const begin = async () => {
        const user = await users.findByEmail(comparable(email));
        const who = { email, userId: user?.id ?? null, device: brought };
        return { open: await guard.begin(who, from.address), user };
      };
      return attempt(begin, async (open, user) => {
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
            throw new Refusal(
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
        const started = await changes.run(async (stores, record) => {
          const isStarted = await stores.signIns.start(
            {
              id: signInId,
              userId: user.id,
              address: from.address,
              userAgent: from.userAgent,
              token: { hash: hashOf(token), expiresAt: until },
            },
            { passwordHash: user.passwordHash, now },
          );
          if (isStarted) {
            record({
              action: 'signed_in',
              actor: asActor(user),
              target: { kind: 'sign_in', id: signInId },
              address: from.address,
              requestId: from.requestId,
              details: { second_factor: used },
            });
          }
          return isStarted;
        });
        if (!started) {
          await failed(open, 'changed_meanwhile', { email, user }, from);
          throw invalid();
        }
        await open.succeeded();
        if (passwords.isOutdated(user.passwordHash) && !passwords.full()) {
          await users.rehash(user.id, user.passwordHash, await passwords.hash(password));
        }
        const device = browser.rememberDevice ? (brought ?? newToken()) : null;
        await guard.remember(user.id, {
          address: from.address,
          ...(device !== null && { device }),
        });
        return tokensFor({ ...user, lastSignedInAt: now }, signInId, { token, until, device });
      });
    },

    async refresh(token, from) {
      if (token === undefined) throw refreshRefused('There is no refresh token.');
      const now = clock.now();
      const next = newToken();
      const answer = await changes.run(async (stores, record) => {
        const rotated = await stores.signIns.rotate(
          hashOf(token),
          { hash: hashOf(next), expiresAt: new Date(now.getTime() + REFRESH_TOKEN_MS) },
          { longestMs: LONGEST_SIGN_IN_MS, now },
        );
        if (rotated.kind === 'used_twice') {
          const user = await stores.users.get(rotated.userId);
          record({
            action: 'refresh_token_used_twice',
            actor: ANONYMOUS,
            target: { kind: 'user', id: rotated.userId },
            address: from.address,
            requestId: from.requestId,
            details: { sign_in_id: rotated.signInId, email: user?.email ?? null },
          });
        }
        return rotated;
      });
      switch (answer.kind) {
        case 'rotated': {
          const user = await users.get(answer.userId);
          if (user === null) throw refreshRefused('The account is gone.');
          await guard.remember(user.id, { address: from.address });
          const refresh = { token: next, until: answer.expiresAt, device: null };
          return tokensFor(user, answer.signInId, refresh);
        }
        case 'used_twice': {
          ports.alerts.raise({
            kind: 'refresh_token_used_twice',
            message:
              'A refresh token was used twice, so it may have been copied. That sign-in was ended; the audit log shows whose.',
          });
          throw refreshRefused(
            'The refresh token was used before, so it may have been copied. The sign-in was ended everywhere.',
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
      await changes.run(async (stores, record) => {
        const { signInId, userId } = owner;
        if (!(await stores.signIns.end(signInId, userId, 'signed_out', clock.now()))) return;
        const user = await stores.users.get(userId);
        record({
          action: 'signed_out',
          actor: user === null ? ANONYMOUS : asActor(user),
          target: { kind: 'sign_in', id: signInId },
          address: from.address,
          requestId: from.requestId,
        });
      });
    },

    async confirm(userId, { password, code, signInId }, from) {
      const known = await users.getWithSecrets(userId);
      if (known === null) throw invalid();
      const begin = async () => ({
        open: await guard.beginConfirming(signInId ?? userId),
        user: known,
      });
      return attempt(begin, async (open, user) => {
        if (!(await passwords.matches(user.passwordHash, password))) {
          await failed(open, 'wrong_password', { email: user.email, user }, from);
          throw new Refusal('invalid_credentials', 'The password is wrong. Try again.');
        }
        if (code !== undefined && (await secondFactor.use(user, code)) === null) {
          await failed(open, 'wrong_second_factor', { email: user.email, user }, from);
          throw invalidSecondFactor();
        }
        await open.succeeded();
        return user;
      });
    },
  };
}

/** As `newToken` makes them; anything else in the cookie is not looked for. */
const isDeviceToken = (text: string | null | undefined): text is string =>
  text !== null && text !== undefined && /^[\w-]{43}$/.test(text);

const invalidSecondFactor = (): Refusal =>
  new Refusal(
    'invalid_second_factor',
    'The code is wrong, was used before, or is too old. Wait for the next one, or use a recovery code.',
  );

const refreshRefused = (what: string): Refusal =>
  new Refusal('refresh_token', `${what} Sign in again: POST /api/auth/login.`);

/** Also for the routes that set passwords: those are hashed in the same line. */
export const tooBusy = (): Refusal =>
  new Refusal(
    'rate_limited',
    'More people sign in at this moment than the server can look at. Try again in a few seconds.',
    { retryAfterSeconds: 3 },
  );
