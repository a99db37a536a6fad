import type { Clock } from '@outdial/core';
import type { UserStore, UserWithSecrets } from '@outdial/postgres';
import { Secret, TOTP } from 'otpauth';
import type { Keyring } from '../../secrets/keyring.js';
import { totpBoundTo } from '../../secrets/seal-contexts.js';
import { asRecoveryCode, hashOf, newRecoveryCode } from './random-words.js';

const STEP_SECONDS = 30;
/** A phone's clock may be so many steps off (RFC 6238, section 5.2 recommends one). */
const STEPS_OFF = 1;
const RECOVERY_CODES = 10;
/** RFC 4226, section 4: 160 bits are recommended. */
const SECRET_BYTES = 20;

export type SecondFactorUsed = 'totp' | 'recovery_code';

/** Codes of an authenticator app (RFC 6238), and the recovery codes for when the phone is lost. Each counts once. */
export interface SecondFactor {
  /** A secret to be scanned. It counts once `matches` has seen a code of it and it is confirmed. */
  make(user: { readonly id: string; readonly email: string }): {
    readonly secret: string;
    readonly uri: string;
    readonly sealed: string;
  };
  /** The time step whose code this is; null: it is wrong. Does not use it up. */
  stepOf(user: UserWithSecrets, code: string): number | null;
  /** Uses a code of the app or a recovery code up; null: it is wrong, too old, or was used. */
  use(user: UserWithSecrets, code: string): Promise<SecondFactorUsed | null>;
  newRecoveryCodes(): { readonly codes: readonly string[]; readonly hashes: readonly Uint8Array[] };
}

export function createSecondFactor(ports: {
  readonly users: Pick<UserStore, 'useTotpStep' | 'useRecoveryCode'>;
  readonly keyring: Keyring;
  readonly clock: Clock;
}): SecondFactor {
  const { users, keyring, clock } = ports;

  /** SHA-1 and six digits, as not every authenticator app knows anything else. */
  const totpOf = (secret: Secret, label: string): TOTP =>
    new TOTP({
      issuer: 'Outdial',
      label,
      algorithm: 'SHA1',
      digits: 6,
      period: STEP_SECONDS,
      secret,
    });

  function stepOf(user: UserWithSecrets, code: string): number | null {
    if (user.totpSecret === null) return null;
    const secret = Secret.fromBase32(keyring.open(user.totpSecret, totpBoundTo(user.id)));
    const timestamp = clock.now().getTime();
    const token = code.replaceAll(/\s/g, '');
    const off = totpOf(secret, user.email).validate({ token, timestamp, window: STEPS_OFF });
    return off === null ? null : Math.floor(timestamp / 1000 / STEP_SECONDS) + off;
  }

  return {
    make({ id, email }) {
      const secret = new Secret({ size: SECRET_BYTES });
      return {
        secret: secret.base32,
        uri: totpOf(secret, email).toString(),
        sealed: keyring.seal(secret.base32, totpBoundTo(id)),
      };
    },
    stepOf,
    async use(user, code) {
      if (/^\s*\d{3}\s?\d{3}\s*$/.test(code)) {
        const step = stepOf(user, code);
        return step !== null && (await users.useTotpStep(user.id, step)) ? 'totp' : null;
      }
      const hash = hashOf(asRecoveryCode(code));
      return (await users.useRecoveryCode(user.id, hash, clock.now())) ? 'recovery_code' : null;
    },
    newRecoveryCodes() {
      const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
      return { codes, hashes: codes.map(hashOf) };
    },
  };
}
