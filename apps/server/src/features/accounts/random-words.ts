import { createHash, randomBytes, randomInt } from 'node:crypto';

/** 256 random bits: refresh tokens and API keys. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/**
 * How tokens, keys and recovery codes are stored. They are random and long, so a plain hash cannot be turned back (OWASP ASVS
 * 5.0, 6.5.2: 112 bits at least).
 */
export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Nothing that looks like something else. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

const groups = (count: number, length: number): string =>
  Array.from({ length: count }, () =>
    Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join(''),
  ).join('-');

/** For people to type once: 99 random bits. */
export const newPassword = (): string => groups(4, 5);

/** 118 random bits. */
export const newRecoveryCode = (): string => groups(6, 4);

/** As it was written down, whatever people type in between. */
export const asRecoveryCode = (typed: string): string =>
  (
    typed
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '')
      .match(/.{1,4}/g) ?? []
  ).join('-');
