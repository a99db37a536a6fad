import { hash, verify } from '@node-rs/argon2';

/**
 * argon2id with 19 MiB, two passes and one lane: what the OWASP Password Storage Cheat Sheet asks for at least (looked at in
 * November 2026). About 25 ms of one core. Changed here, and each password is hashed anew when its owner next signs in.
 */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const CURRENT = `$argon2id$v=19$m=${ARGON2ID.memoryCost},t=${ARGON2ID.timeCost},p=${ARGON2ID.parallelism}$`;

export interface PasswordsOptions {
  /**
   * Hashes at the same time. They run on the four threads of libuv, which name look-ups and files share: with two of them a
   * flood of sign-ins leaves the dialer the other two.
   */
  readonly atOnce?: number;
  /** So many more may wait: about three seconds' worth. */
  readonly waiting?: number;
}

/** More sign-ins at this moment than can be looked at. */
export class TooBusy extends Error {
  override readonly name = 'TooBusy';
}

/** Hashing of passwords, in a line of bounded length. */
export interface Passwords {
  /** A PHC string. Throws `TooBusy`. */
  hash(password: string): Promise<string>;
  /** `stored` is null for an account that does not exist: that takes as long, and is false. Throws `TooBusy`. */
  matches(stored: string | null, typed: string): Promise<boolean>;
  /** Whether it was made with other parameters than ours of today. */
  isOutdated(stored: string): boolean;
  /** Whether the next one would be refused. */
  full(): boolean;
}

export function createPasswords({ atOnce = 2, waiting = 200 }: PasswordsOptions = {}): Passwords {
  let running = 0;
  const line: (() => void)[] = [];
  const full = (): boolean => running >= atOnce && line.length >= waiting;

  async function inLine<T>(work: () => Promise<T>): Promise<T> {
    if (full()) throw new TooBusy('Too many passwords wait to be looked at.');
    if (running < atOnce) running += 1;
    else await new Promise<void>((resolve) => line.push(resolve));
    try {
      return await work();
    } finally {
      // The place is handed on, or given back.
      const next = line.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  let decoy: Promise<string> | undefined;
  return {
    hash: (password) => inLine(() => hash(normal(password), ARGON2ID)),
    matches: (stored, typed) =>
      inLine(async () => {
        decoy ??= hash('no user has this password', ARGON2ID);
        const right = await verify(stored ?? (await decoy), normal(typed));
        return right && stored !== null;
      }),
    isOutdated: (stored) => !stored.startsWith(CURRENT),
    full,
  };
}

/** NIST SP 800-63B-4, 3.1.1.2: the same characters typed on another keyboard are the same password. */
const normal = (password: string): string => password.normalize('NFKC');
