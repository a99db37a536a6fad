import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '@outdial/core';
import type { Attempt, Delays, KnownPlaceStore, SignInFailureStore } from '@outdial/postgres';
import type { SecurityAlerts } from '../../access/security-alerts.js';
import { clientNetwork } from '../../platform/client-network.js';
import { Refusal } from '../../platform/refusal.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Four mistakes cost nothing; then there is a wait that doubles from half a minute to a quarter of an hour, which leaves an attacker who
 * guesses about a hundred tries a day (NIST SP 800-63B-4, 3.2.2; OWASP ASVS 5.0, 6.3.1). Never locked for good. Known
 * devices and networks have a count of their own with the same delays, so that a stranger's guesses keep only strangers waiting.
 */
export const ACCOUNT_DELAYS: Delays = {
  free: 4,
  firstMs: MINUTE / 2,
  longestMs: 15 * MINUTE,
  forgottenAfterMs: 24 * HOUR,
};
/** Behind one address there may be a whole office; an attacker who tries one password on many accounts is behind one too. */
export const ADDRESS_DELAYS: Delays = {
  free: 49,
  firstMs: MINUTE / 2,
  longestMs: 15 * MINUTE,
  forgottenAfterMs: HOUR,
};
/** Of an account in a row: then admins get an alert, and again each time as many more have come. */
const MANY = 10;
/** Refused tries on one account, from wherever: its owner may be kept out from places that are not known. */
const MANY_REFUSED = 50;
/** Counts, and never makes anybody wait. */
const ONLY_COUNTED: Delays = {
  free: 1_000_000_000,
  firstMs: MINUTE / 2,
  longestMs: MINUTE / 2,
  forgottenAfterMs: HOUR,
};
/** A device or network without a sign-in for so long is a stranger again. */
export const KNOWN_PLACE_MS = 180 * 24 * HOUR;
/** Of each kind and user, the latest. It bounds what an intruder gains who once had the password: ten times the guesses. */
const KNOWN_PLACES = 10;

/** Who signs in, as far as that is known before the password is looked at. */
export interface SigningInAs {
  /** As it was typed. */
  readonly email: string;
  /** null: there is no such account. */
  readonly userId: string | null;
  /** The token of a browser that has signed in before, as it came in a cookie. */
  readonly device: string | null;
}

/** One attempt, already counted as failed. Exactly one of these is called, once. */
export interface SignInAttempt {
  /** It was wrong, and stays counted. `locked`: until when the account is, if it is now. */
  failed(): { readonly lockedUntil: Date | null };
  /** All was right: the count begins anew. */
  succeeded(): Promise<void>;
  /** It neither failed nor succeeded. */
  takeBack(): Promise<void>;
}

/**
 * Counts attempts to guess a password, over all nodes. Each attempt counts at one place: the known device that makes it, else
 * the known network that it comes from, else the account as strangers see it. A stranger who guesses makes strangers wait, and
 * not the account's owner at a known device or network.
 */
export interface SignInGuard {
  /** Throws the problem `rate_limited` while the place, or a network that is not known, has to wait. */
  begin(who: SigningInAs, address: string): Promise<SignInAttempt>;
  /** A person who is signed in proves that they are still the same: counted for each sign-in by itself. */
  beginConfirming(signInId: string): Promise<SignInAttempt>;
  /** They signed in from here, or an admin who gave them a password vouches for where they both are. */
  remember(
    userId: string,
    from: { readonly device?: string; readonly address: string },
  ): Promise<void>;
  /** An admin has given the account a new password: all its counts begin anew. */
  forgive(user: { readonly id: string; readonly email: string }): Promise<void>;
}

/**
 * An e-mail address as it is counted, and as the account is looked for: PostgreSQL takes more letters for the same (`İ` for `i`) than
 * JavaScript does, and each of them would be five more tries.
 */
export const comparable = (email: string): string => email.trim().normalize('NFKC').toLowerCase();

export function createSignInGuard(ports: {
  readonly failures: SignInFailureStore;
  readonly places: KnownPlaceStore;
  /** `InternalKeys.lookup`: what people typed is not kept readable. */
  readonly key: Uint8Array;
  readonly alerts: SecurityAlerts;
  readonly clock: Clock;
}): SignInGuard {
  const { failures, places, key, alerts, clock } = ports;
  const hashOfAccount = (email: string): string =>
    createHmac('sha256', key)
      .update(`sign-in ${comparable(email)}`)
      .digest('base64url');
  const wait = (until: Date, what: string): Refusal => {
    const seconds = Math.max(1, Math.ceil((until.getTime() - clock.now().getTime()) / 1000));
    return new Refusal('rate_limited', `${what} Wait ${seconds} s, then try again.`, {
      retryAfterSeconds: seconds,
    });
  };

  function alertOnAddress(failures: number): void {
    const beyond = failures - ADDRESS_DELAYS.free;
    if (beyond <= 0 || beyond % MANY !== 1) return;
    alerts.raise({
      kind: 'many_failed_sign_ins',
      message: `${failures} sign-ins from one network address have failed. The audit log shows where from.`,
    });
  }

  function alertOnFailures(failures: number): void {
    if (failures % MANY !== 0) return;
    alerts.raise({
      kind: 'many_failed_sign_ins',
      message: `${failures} sign-ins in a row have failed for one account. The audit log shows which, and from where.`,
    });
  }

  /** Refused tries cost nothing else, so a flood on one account would be seen by no count. */
  async function countRefused(account: string): Promise<void> {
    const refused = await failures.attempt(`refused:${account}`, ONLY_COUNTED, clock.now());
    if (refused.kind !== 'counted' || refused.failures % MANY_REFUSED !== 0) return;
    alerts.raise({
      kind: 'many_failed_sign_ins',
      message: `${refused.failures} sign-ins for one account were refused without a look at the password, as too many had failed. Its owner can sign in from a device or network that they used before.`,
    });
  }

  /** The place at which an attempt counts, and whether its network's own wait matters. */
  async function placeOf(
    { userId, device }: SigningInAs,
    network: string,
    account: string,
  ): Promise<{ readonly subject: string; readonly kind: 'device' | 'network' | 'stranger' }> {
    const ofDevice = device === null ? null : devicePlace(device);
    const ofNetwork = networkPlace(network);
    const since = new Date(clock.now().getTime() - KNOWN_PLACE_MS);
    const asked = [ofNetwork, ...(ofDevice === null ? [] : [ofDevice])];
    const known = await places.known(userId, asked, since);
    if (ofDevice !== null && known.includes(ofDevice)) {
      return { subject: `known:${userId}:${ofDevice}`, kind: 'device' };
    }
    if (known.includes(ofNetwork)) {
      return { subject: `known:${userId}:${ofNetwork}`, kind: 'network' };
    }
    return { subject: `account:${account}`, kind: 'stranger' };
  }

  const counted = (attempt: Attempt): Extract<Attempt, { kind: 'counted' }> | null =>
    attempt.kind === 'counted' ? attempt : null;

  return {
    async begin(who, address) {
      const account = hashOfAccount(who.email);
      const network = clientNetwork(address);
      const ofAddress = `address:${network}`;
      const { subject, kind } = await placeOf(who, network, account);
      // A known device waits for its own mistakes only: others at its network must not keep it out.
      const atAddress =
        kind === 'device' ? null : await failures.attempt(ofAddress, ADDRESS_DELAYS, clock.now());
      if (atAddress?.kind === 'locked') {
        throw wait(atAddress.until, 'Too many sign-ins from this address have failed.');
      }
      const takeBackAddress = async (): Promise<void> => {
        if (atAddress !== null) await failures.takeBack(ofAddress, atAddress, ADDRESS_DELAYS);
      };
      const atPlace = await failures.attempt(subject, ACCOUNT_DELAYS, clock.now());
      if (atPlace.kind === 'locked') {
        // Nothing was guessed: the owner, who tries in vain, must not lock the office's address.
        await takeBackAddress();
        await countRefused(account);
        throw wait(
          atPlace.until,
          kind === 'stranger'
            ? 'Too many sign-ins with this e-mail address have failed. Sign in from a device or network that you used before, or ask an admin for a new password.'
            : 'Too many sign-ins from this device or network have failed.',
        );
      }
      return {
        failed() {
          alertOnFailures(atPlace.failures);
          const address = atAddress === null ? null : counted(atAddress);
          if (address !== null) alertOnAddress(address.failures);
          return { lockedUntil: atPlace.lockedUntil };
        },
        async succeeded() {
          await failures.clear(subject);
          // Only this one: who has an account must not be able to wipe out the failures with others.
          await takeBackAddress();
        },
        async takeBack() {
          await failures.takeBack(subject, atPlace, ACCOUNT_DELAYS);
          await takeBackAddress();
        },
      };
    },

    async beginConfirming(signInId) {
      const subject = `confirm:${signInId}`;
      const attempt = await failures.attempt(subject, ACCOUNT_DELAYS, clock.now());
      if (attempt.kind === 'locked') {
        throw wait(attempt.until, 'The password or code was wrong too often.');
      }
      return {
        failed() {
          alertOnFailures(attempt.failures);
          return { lockedUntil: attempt.lockedUntil };
        },
        succeeded: () => failures.clear(subject),
        takeBack: () => failures.takeBack(subject, attempt, ACCOUNT_DELAYS),
      };
    },

    remember: (userId, { device, address }) =>
      places.remember(
        userId,
        [
          networkPlace(clientNetwork(address)),
          ...(device === undefined ? [] : [devicePlace(device)]),
        ],
        { now: clock.now(), most: KNOWN_PLACES },
      ),

    async forgive({ id, email }) {
      await failures.clear(`account:${hashOfAccount(email)}`);
      await failures.clearAll(`known:${id}:`);
    },
  };
}

const networkPlace = (network: string): string => `network:${network}`;
const devicePlace = (token: string): string =>
  `device:${createHash('sha256').update(token).digest('base64url')}`;

/** Who is at the server itself, or at the end of a tunnel to it, is not kept out by strangers' guesses either. */
export const rememberThisMachine = (
  places: KnownPlaceStore,
  userId: string,
  now: Date,
): Promise<void> =>
  places.remember(
    userId,
    ['127.0.0.1', '::1'].map((address) => networkPlace(clientNetwork(address))),
    { now, most: KNOWN_PLACES },
  );
