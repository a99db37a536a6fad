import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AccountStage, createAccountStage, PASSWORD } from '../../harness/account-stage.js';
import { expectProblem } from '../../harness/stage.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOME = '192.0.2.80';
const CAFE = '192.0.2.99';
const OFFICE = '203.0.113.5';

let stage: AccountStage;
beforeAll(async () => {
  stage = await createAccountStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  await sql`truncate sign_in_failures, known_places`.execute(stage.db);
  stage.raised.length = 0;
});

/** Each guess from another address, as with rented proxies. */
let guesses = 0;
const strangerGuesses = async (email: string): Promise<number> => {
  guesses += 1;
  const from = `100.${64 + ((guesses >> 16) % 64)}.${(guesses >> 8) % 256}.${guesses % 256}`;
  return (await stage.signIn(email, `guess number ${guesses}`, { from })).status;
};
const lock = async (email: string): Promise<void> => {
  for (let n = 0; n < 20; n += 1) await strangerGuesses(email);
  expect(await strangerGuesses(email)).toBe(429);
};

/** Signs in as a browser does; answers what it keeps. */
async function signInWithBrowser(
  email: string,
  { from = OFFICE, device }: { from?: string; device?: string | undefined } = {},
) {
  const answer = await stage.ask(
    'POST',
    '/api/auth/login',
    { email, password: PASSWORD, keep_in: 'cookie' },
    { from, ...(device !== undefined && { cookie: `outdial_device=${device}` }) },
  );
  const cookies = [answer.headers['set-cookie'] ?? []].flat().map(String);
  const kept = cookies.find((cookie) => cookie.startsWith('outdial_device='));
  return {
    status: answer.status,
    device: kept?.split(';')[0]?.split('=')[1],
    cookie: kept,
    shows: answer.body?.access_token as string | undefined,
  };
}
const withDevice = (device: string) => ({ cookie: `outdial_device=${device}` });

describe('a stranger who guesses all day', () => {
  it('a stranger who guesses all day does not keep the owner out at a network that they signed in from before', async () => {
    const { email } = await stage.addUser('supervisor');
    await stage.comeIn(email);
    for (let n = 0; n < 60; n += 1) {
      await strangerGuesses(email);
      await strangerGuesses(email);
      if (n % 10 === 9) await stage.comeIn(email);
      await stage.time.advance(9 * SECOND);
    }
    // The stranger's wait is as long as ever, and the right password is no way around it.
    expectProblem(await stage.signIn(email, PASSWORD, { from: CAFE }), 429, 'rate_limited');
  });

  it('a stranger who guesses all day does not keep the owner out in a browser that they signed in with before, wherever they are', async () => {
    const { email } = await stage.addUser('supervisor');
    const { device, cookie } = await signInWithBrowser(email);
    expect(cookie).toMatch(/; Path=\/api\/auth/);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    await lock(email);
    const again = await signInWithBrowser(email, { from: CAFE, device });
    expect(again.status).toBe(200);
    expect(again.device).toBe(device);
  });

  it('a stranger who guesses all day cannot keep any of the admins out who have signed in before', async () => {
    const admins = await Promise.all([1, 2, 3].map(() => stage.addUser('admin')));
    for (const { email } of admins) await stage.comeIn(email);
    for (const { email } of admins) await lock(email);
    for (const { email } of admins) await stage.comeIn(email);
  });

  it('a stranger who guesses all day does not keep a person who is signed in from changing their password or setting up a second factor', async () => {
    const { email } = await stage.addUser('supervisor');
    const { access_token: shows } = await stage.comeIn(email);
    await lock(email);
    const asked = { shows, from: CAFE };
    expect(
      await stage.ask('POST', '/api/auth/second-factor', { password: PASSWORD }, asked),
    ).toMatchObject({ status: 200 });
    const change = { current_password: PASSWORD, new_password: 'words for the time of an attack' };
    expect(await stage.ask('POST', '/api/auth/password', change, asked)).toMatchObject({
      status: 200,
    });
  });

  it('a stranger who guesses all day does not get the address of an office locked by the owner’s own tries', async () => {
    const { email } = await stage.addUser('supervisor');
    const neighbour = await stage.addUser('supervisor');
    await lock(email);
    // Never signed in from here, so a stranger here too.
    for (let n = 0; n < 80; n += 1) {
      expect((await stage.signIn(email, PASSWORD, { from: HOME })).status).toBe(429);
    }
    expect(await stage.signIn(neighbour.email, PASSWORD, { from: HOME })).toMatchObject({
      status: 200,
    });
    expect(stage.raised.map(({ kind }) => kind)).toContain('many_failed_sign_ins');
  });

  it('a stranger who guesses all day does not keep a person out who got a one-time password from an admin in the same office', async () => {
    const admin = await stage.addUser('admin');
    const { access_token: shows } = await stage.comeIn(admin.email);
    const { id, email } = await stage.addUser('agent');
    await lock(email);
    const reset = await stage.ask('POST', `/api/users/${id}/password`, undefined, { shows });
    expect(reset.status).toBe(200);
    await lock(email);
    const answer = await stage.signIn(email, reset.body.one_time_password);
    expect(answer).toMatchObject({ status: 200 });
  });
});

describe('guessing a password', () => {
  it('guessing a password from five hundred addresses at once gets five looks at it, also when the owner signs in beside it', async () => {
    const { email } = await stage.addUser('supervisor');
    await stage.comeIn(email);
    const statuses: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      statuses.push(
        ...(await Promise.all(Array.from({ length: 25 }, () => strangerGuesses(email)))),
      );
      await stage.comeIn(email);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(495);
  });

  it('guessing a password gets no more tries with device cookies that are made up, or another account’s', async () => {
    const victim = await stage.addUser('supervisor');
    const insider = await stage.addUser('agent');
    await signInWithBrowser(victim.email);
    const { device = '' } = await signInWithBrowser(insider.email, { from: HOME });
    const guess = async (cookie: string, n: number) =>
      (
        await stage.signIn(victim.email, `guess number ${n}`, {
          from: `198.51.100.${n}`,
          ...withDevice(cookie),
        })
      ).status;
    let looks = 0;
    for (let n = 0; n < 40; n += 1) {
      const made = Buffer.alloc(32, n).toString('base64url');
      if ((await guess(n % 2 === 0 ? device : made, n)) === 401) looks += 1;
    }
    expect(looks).toBe(5);
  });

  it('guessing a password at a known network or in a known browser has the same delays, each for itself', async () => {
    const { email } = await stage.addUser('supervisor');
    const { device = '' } = await signInWithBrowser(email);
    for (const more of [{ from: OFFICE }, { from: CAFE, ...withDevice(device) }]) {
      for (let n = 0; n < 5; n += 1) {
        expectProblem(await stage.signIn(email, `guess ${n}`, more), 401, 'invalid_credentials');
      }
      const refused = await stage.signIn(email, PASSWORD, more);
      expectProblem(refused, 429, 'rate_limited');
      expect(refused.headers['retry-after']).toBe('30');
    }
    await stage.time.advance(30 * SECOND);
    expect((await signInWithBrowser(email, { from: CAFE, device })).status).toBe(200);
  });

  it('guessing a password after an intruder was put out gives them ten places at most, not one for each address they came from', async () => {
    const { id, email } = await stage.addUser('supervisor');
    const addresses = Array.from({ length: 30 }, (_, n) => `198.18.0.${n}`);
    for (const from of addresses) {
      await stage.signIn(email, PASSWORD, { from });
      await stage.time.advance(SECOND);
    }
    const { access_token: shows } = await stage.comeIn((await stage.addUser('admin')).email);
    await stage.ask('POST', `/api/users/${id}/password`, undefined, { shows });
    let looks = 0;
    for (let round = 0; round < 8; round += 1) {
      for (const from of addresses) {
        if ((await stage.signIn(email, PASSWORD, { from })).status === 401) looks += 1;
      }
    }
    // Nine of the intruder's, the admin's own, and the strangers' count.
    expect(looks).toBe(5 * 10);
  });

  it('failed sign-ins from one browser after the other lock no other browser of the office', async () => {
    const one = await stage.addUser('supervisor');
    const other = await stage.addUser('supervisor');
    const { device } = await signInWithBrowser(other.email);
    for (let n = 0; n < 55; n += 1) await stage.signIn(`guess.${n}@example.com`, 'the same');
    expectProblem(await stage.signIn(one.email), 429, 'rate_limited');
    expect((await signInWithBrowser(other.email, { device })).status).toBe(200);
  });

  it('guessing a password of a person whose access token was stolen does not lock the other sign-ins of that person', async () => {
    const { email } = await stage.addUser('supervisor');
    const [stolen, own] = [await stage.comeIn(email), await stage.comeIn(email)];
    const guess = (shows: string, password: string) =>
      stage.ask('POST', '/api/auth/second-factor', { password }, { shows });
    for (let n = 0; n < 8; n += 1) await guess(stolen.access_token, `guess ${n}`);
    expectProblem(await guess(stolen.access_token, PASSWORD), 429, 'rate_limited');
    expect(await guess(own.access_token, PASSWORD)).toMatchObject({ status: 200 });
    await stage.comeIn(email);
  });
});

it('a network without a sign-in for half a year is a stranger’s again', async () => {
  const { email } = await stage.addUser('supervisor');
  await stage.comeIn(email);
  await stage.time.advance(181 * 24 * 60 * MINUTE);
  await lock(email);
  expectProblem(await stage.signIn(email), 429, 'rate_limited');
  await stage.accounts.forgetOld(stage.time.now());
  const { rows } = await sql`select from known_places`.execute(stage.db);
  expect(rows).toEqual([]);
});
