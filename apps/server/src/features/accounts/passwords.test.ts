import { hash } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { createPasswords, TooBusy } from './passwords.js';

describe('a password', () => {
  const passwords = createPasswords();

  it('a password is kept as an argon2id hash, salted, and known again', async () => {
    const [one, two] = await Promise.all([
      passwords.hash('three words and a bit'),
      passwords.hash('three words and a bit'),
    ]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await passwords.matches(one, 'three words and a bit')).toBe(true);
    expect(await passwords.matches(one, 'three words and a Bit')).toBe(false);
  });

  it('typed on another keyboard is the same one', async () => {
    const stored = await passwords.hash('caf\u00e9 au lait, s\u2019il vous pla\u00eet');
    expect(await passwords.matches(stored, 'cafe\u0301 au lait, s\u2019il vous plai\u0302t')).toBe(
      true,
    );
  });

  it('a password of an account that does not exist is wrong, whatever it is', async () => {
    expect(await passwords.matches(null, 'no user has this password')).toBe(false);
  });

  it('a password that was hashed with other parameters is noticed', async () => {
    const old = await hash('three words and a bit', { memoryCost: 4096, timeCost: 1 });
    expect(passwords.isOutdated(old)).toBe(true);
    expect(await passwords.matches(old, 'three words and a bit')).toBe(true);
    expect(passwords.isOutdated(await passwords.hash('three words and a bit'))).toBe(false);
  });
});

describe('many sign-ins at once', () => {
  it('passwords wait in a line of bounded length, and those beyond it are refused with a time to come back', async () => {
    const passwords = createPasswords({ atOnce: 1, waiting: 2 });
    const asked = Array.from({ length: 10 }, () => passwords.matches(null, 'anything at all'));
    expect(passwords.full()).toBe(true);
    const answers = await Promise.allSettled(asked);
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(7);
    for (const answer of refused) expect(answer).toMatchObject({ reason: expect.any(TooBusy) });
    expect(passwords.full()).toBe(false);
    await expect(passwords.matches(null, 'anything at all')).resolves.toBe(false);
  });
});
