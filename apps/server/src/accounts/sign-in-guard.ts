import { createHmac } from 'node:crypto';
import type { Clock } from '@outdial/core';
import type { Delays, SignInFailureStore } from '@outdial/postgres';
import type { SecurityAlerts } from '../access/security-alerts.js';
import { clientNetwork } from '../http/client-network.js';
import { ProblemError } from '../http/problems.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Four mistakes cost nothing; then there is a wait that doubles from half a minute to a quarter of an hour, which leaves whoever
 * guesses about a hundred tries a day (NIST SP 800-63B-4, 3.2.2; OWASP ASVS 5.0, 6.3.1). Never locked for good: that
 * would let anybody lock anybody out.
 */
export const ACCOUNT_DELAYS: Delays = {
  free: 4,
  firstMs: MINUTE / 2,
  longestMs: 15 * MINUTE,
  forgottenAfterMs: 24 * HOUR,
};
/** Behind one address there may be a whole office; whoever tries one password on many accounts is behind one too. */
export const ADDRESS_DELAYS: Delays = {
  free: 49,
  firstMs: MINUTE / 2,
  longestMs: 15 * MINUTE,
  forgottenAfterMs: HOUR,
};
/** Of an account in a row: then an admin is told, and again each time as many more have come. */
const MANY = 10;

/** One attempt, already counted as failed. Exactly one of these is called, once. */
export interface SignInAttempt {
  /** It was wrong, and stays counted. `locked`: until when the account is, if it is now. */
  failed(): { readonly lockedUntil: Date | null };
  /** All was right: the account's count begins anew. */
  succeeded(): Promise<void>;
  /** It neither failed nor succeeded. */
  takeBack(): Promise<void>;
}

/** Counts attempts to guess a password, for each account and each address, over all nodes. */
export interface SignInGuard {
  /** `email` as it was typed, known or not. Throws the problem `rate_limited` while the account or the address has to wait. */
  begin(email: string, address: string): Promise<SignInAttempt>;
  /** Somebody who may has given the account a new password. */
  forgive(email: string): Promise<void>;
}

/**
 * An e-mail address as it is counted, and as the account is looked for: PostgreSQL takes more letters for the same (`İ` for `i`) than
 * JavaScript does, and each of them would be five more tries.
 */
export const comparable = (email: string): string => email.trim().normalize('NFKC').toLowerCase();

export function createSignInGuard(ports: {
  readonly failures: SignInFailureStore;
  /** `InternalKeys.lookup`: what people typed is not kept readable. */
  readonly key: Uint8Array;
  readonly alerts: SecurityAlerts;
  readonly clock: Clock;
}): SignInGuard {
  const { failures, key, alerts, clock } = ports;
  const accountOf = (email: string): string =>
    `account:${createHmac('sha256', key)
      .update(`sign-in ${comparable(email)}`)
      .digest('base64url')}`;
  const wait = (until: Date, what: string): ProblemError => {
    const seconds = Math.max(1, Math.ceil((until.getTime() - clock.now().getTime()) / 1000));
    return new ProblemError(
      'rate_limited',
      `Too many sign-ins ${what} have failed. Wait ${seconds} s, then try again; an admin can set a new password.`,
      { headers: { 'retry-after': String(seconds) } },
    );
  };

  /** Also of those on an account that is locked: a flood on a single one is told of at once, not once it has waited ten times. */
  function tellOfAddress(failures: number): void {
    const beyond = failures - ADDRESS_DELAYS.free;
    if (beyond <= 0 || beyond % MANY !== 1) return;
    alerts.raise({
      kind: 'many_failed_sign_ins',
      message: `${failures} sign-ins from one network address have failed or were refused. The audit log shows where from.`,
    });
  }

  return {
    async begin(email, address) {
      const account = accountOf(email);
      const network = `address:${clientNetwork(address)}`;
      const ofAddress = await failures.attempt(network, ADDRESS_DELAYS, clock.now());
      if (ofAddress.kind === 'locked') throw wait(ofAddress.until, 'from this address');
      const ofAccount = await failures.attempt(account, ACCOUNT_DELAYS, clock.now());
      // Stays counted for the address: otherwise asking for locked accounts would be free.
      if (ofAccount.kind === 'locked') {
        tellOfAddress(ofAddress.failures);
        throw wait(ofAccount.until, 'with this e-mail address');
      }
      return {
        failed() {
          if (ofAccount.failures % MANY === 0) {
            alerts.raise({
              kind: 'many_failed_sign_ins',
              message: `${ofAccount.failures} sign-ins in a row have failed for one account. The audit log shows which, and from where.`,
            });
          }
          tellOfAddress(ofAddress.failures);
          return { lockedUntil: ofAccount.lockedUntil };
        },
        async succeeded() {
          await failures.clear(account);
          // Only this one: whoever has an account must not be able to wipe out the failures with others.
          await failures.takeBack(network, ofAddress, ADDRESS_DELAYS);
        },
        async takeBack() {
          await failures.takeBack(account, ofAccount, ACCOUNT_DELAYS);
          await failures.takeBack(network, ofAddress, ADDRESS_DELAYS);
        },
      };
    },
    forgive: (email) => failures.clear(accountOf(email)),
  };
}
