import { createHmac, randomUUID } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { createUserStore } from '@outdial/postgres';
import { SignJWT } from 'jose';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Refusal } from '../../../src/platform/refusal.js';
import {
  type AccountStage,
  codeOf,
  createAccountStage,
  PASSWORD,
} from '../../harness/account-stage.js';
import { expectProblem, STAGE_KEY } from '../../harness/stage.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

let stage: AccountStage;
beforeAll(async () => {
  stage = await createAccountStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  await sql`truncate sign_in_failures`.execute(stage.db);
  stage.audited.length = 0;
  stage.raised.length = 0;
});

const me = (token: string) => stage.ask('GET', '/api/auth/me', undefined, { shows: token });
const refresh = (token: string) => stage.ask('POST', '/api/auth/refresh', { refresh_token: token });
const actions = () => stage.audited.map(({ action }) => action);

describe('signing in', () => {
  it('signing in answers an access token for ten minutes, a refresh token, and what one may do', async () => {
    const { id, email, agentId } = await stage.addUser('agent');
    const answer = await stage.signIn(` ${email.toUpperCase()} `);
    expect(answer.body).toMatchObject({
      expires_in: 600,
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      user: { id, email, role: 'agent', agent_id: agentId, must_change_password: false },
      permissions: expect.arrayContaining(['dialer.own']),
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect((await me(answer.body.access_token)).body.user.last_signed_in_at).not.toBeNull();
    expect(stage.audited).toMatchObject([
      {
        action: 'signed_in',
        actor: { kind: 'user', id },
        address: '203.0.113.5',
        details: { second_factor: null },
      },
    ]);
  });

  it('signing in keeps neither password nor token anywhere in the database in clear', async () => {
    const { email } = await stage.addUser('supervisor');
    const { access_token, refresh_token } = await stage.comeIn(email);
    const { rows } = await sql<{ all: string }>`
      select (select string_agg(u::text, '') from users u) || (select string_agg(t::text, '') from refresh_tokens t)
        || (select string_agg(s::text, '') from sign_ins s) as all`.execute(stage.db);
    for (const secret of [PASSWORD, access_token, refresh_token]) {
      expect(rows[0]?.all).not.toContain(secret);
      expect(JSON.stringify([stage.audited, stage.logged])).not.toContain(secret);
    }
  });

  it('signing in is refused in the same words for a wrong password, an unknown account and a disabled one', async () => {
    const { email } = await stage.addUser('supervisor');
    const gone = await stage.addUser('supervisor');
    await createUserStore(stage.db).patch(
      gone.id,
      { disabled: true },
      { newAgentId: randomUUID(), now: new Date() },
    );
    const answers = [
      await stage.signIn(email, 'a wrong password'),
      await stage.signIn('unknown@example.com', PASSWORD),
      await stage.signIn(gone.email, PASSWORD),
    ];
    const problems = answers.map((answer) => expectProblem(answer, 401, 'invalid_credentials'));
    expect(new Set(problems.map(({ detail }) => detail)).size).toBe(1);
    expect(stage.audited.map(({ details }) => details?.reason)).toEqual([
      'wrong_password',
      'unknown_account',
      'disabled',
    ]);
    expect(JSON.stringify(stage.audited)).not.toMatch(/a wrong password|unknown@example/);
  });

  it('hashes a password anew that was hashed with weaker parameters', async () => {
    const { id, email } = await stage.addUser('supervisor');
    const users = createUserStore(stage.db);
    await users.setPassword(id, {
      hash: await hash(PASSWORD, { memoryCost: 4096 }),
      mustChange: false,
    });
    await stage.comeIn(email);
    expect((await users.getWithSecrets(id))?.passwordHash).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1/,
    );
    await stage.comeIn(email);
  });

  it('a sign-in with a password that an admin chose allows only choosing an own one', async () => {
    const { id, email } = await stage.addUser('supervisor');
    const users = createUserStore(stage.db);
    const known = await users.getWithSecrets(id);
    await users.setPassword(id, { hash: known?.passwordHash ?? '', mustChange: true });
    const { access_token: shows } = await stage.comeIn(email);
    expectProblem(
      await stage.ask('GET', '/api/queues', undefined, { shows }),
      403,
      'password_change_required',
    );
    const change = { current_password: PASSWORD, new_password: 'words of my own choice' };
    expect(await stage.ask('POST', '/api/auth/password', change, { shows })).toMatchObject({
      status: 200,
    });
    expect(await stage.ask('GET', '/api/queues', undefined, { shows })).toMatchObject({
      status: 200,
    });
  });
});

describe('guessing', () => {
  it('guessing gets five tries, then has to wait half a minute, and twice as long each time', async () => {
    const { email } = await stage.addUser('supervisor');
    for (let n = 0; n < 5; n += 1) {
      expectProblem(await stage.signIn(email, `guess number ${n}`), 401, 'invalid_credentials');
    }
    const refused = await stage.signIn(email);
    expectProblem(refused, 429, 'rate_limited');
    expect(refused.headers['retry-after']).toBe('30');
    await stage.time.advance(30 * SECOND);
    expectProblem(await stage.signIn(email, 'guess number 6'), 401, 'invalid_credentials');
    expect((await stage.signIn(email)).headers['retry-after']).toBe('60');
    await stage.time.advance(MINUTE);
    await stage.comeIn(email);
    // Counting begins anew.
    for (let n = 0; n < 4; n += 1) await stage.signIn(email, 'once more');
    await stage.comeIn(email);
  });

  it('guessing gets no more tries with two hundred at once, and the right password among them is not answered', async () => {
    const { email } = await stage.addUser('supervisor');
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        stage.signIn(email, n === 150 ? PASSWORD : `guess number ${n}`, {
          from: `198.51.100.${n}`,
        }),
      ),
    );
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect([count(401), count(429), count(200)]).toEqual([5, 195, 0]);
    expect(
      answers.filter(({ status, headers }) => status === 429 && !headers['retry-after']),
    ).toEqual([]);
    expect(actions().filter((action) => action === 'sign_in_failed')).toHaveLength(5);
  });

  it('guessing on unknown accounts has to wait as well, so that a guess does not show which accounts exist', async () => {
    for (let n = 0; n < 5; n += 1) await stage.signIn('unknown@example.com', `guess ${n}`);
    expectProblem(await stage.signIn('Unknown@Example.com'), 429, 'rate_limited');
  });

  it('guessing gets no more tries with letters that only the database takes for the same', async () => {
    const { email } = await stage.addUser('supervisor');
    expectProblem(await stage.signIn(email.replace('i', 'İ')), 401, 'invalid_credentials');
    // These are the same for both, and count as one.
    await stage.comeIn(email.replace('e', 'ｅ'));
  });

  it('one password on many accounts has to wait for the address, and raises an alert for admins', async () => {
    const { email } = await stage.addUser('supervisor');
    const from = '2001:db8:1:2::7';
    for (let n = 0; n < 50; n += 1) {
      await stage.signIn(`person.${n}@example.com`, 'the same word', { from });
    }
    expectProblem(await stage.signIn(email, PASSWORD, { from }), 429, 'rate_limited');
    const neighbour = '2001:db8:1:2:ffff::1';
    expectProblem(await stage.signIn(email, PASSWORD, { from: neighbour }), 429, 'rate_limited');
    expect(await stage.signIn(email, PASSWORD, { from: '2001:db8:9::7' })).toMatchObject({
      status: 200,
    });
    expect(stage.raised).toMatchObject([{ kind: 'many_failed_sign_ins' }]);
  });

  it('guessing cannot be hidden behind sign-ins of one’s own', async () => {
    const { email } = await stage.addUser('supervisor');
    for (let n = 0; n < 50; n += 1) {
      await stage.signIn(`victim.${n}@example.com`, 'the same word');
      if (n % 10 === 0) await stage.comeIn(email);
    }
    expectProblem(await stage.signIn(email), 429, 'rate_limited');
  });

  it('guessing does not lock out an office in which everybody knows their password', async () => {
    const { email } = await stage.addUser('supervisor');
    for (let n = 0; n < 60; n += 1) await stage.comeIn(email);
  });

  it('guessing in a flood is turned away before it costs anything, and does not count as failed', async () => {
    const { email } = await stage.addUser('supervisor');
    const tries = Array.from({ length: 10_000 }, (_, n) =>
      stage.accounts.signingIn
        .signIn(
          { email: n < 9_999 ? `person.${n}@example.com` : email, password: 'a guess' },
          { address: `10.1.${Math.floor(n / 250)}.${n % 250}`, userAgent: null, requestId: 'x' },
        )
        .catch((error: unknown) => error),
    );
    const codes = (await Promise.all(tries)).map((error) => (error as Refusal).code);
    const count = (code: string) => codes.filter((each) => each === code).length;
    expect([count('invalid_credentials'), count('rate_limited')]).toEqual([100, 9_900]);
    await stage.comeIn(email);
    const { rows } = await sql`select from sign_in_failures where subject like 'account:%'`.execute(
      stage.db,
    );
    expect(rows).toHaveLength(100);
  });

  it('guessing on a single account raises an alert at once, though the account is locked after five', async () => {
    const { email } = await stage.addUser('supervisor');
    for (let n = 0; n < 300; n += 1) await stage.signIn(email, `guess number ${n}`);
    expect(new Set(stage.raised.map(({ kind }) => kind))).toEqual(
      new Set(['many_failed_sign_ins']),
    );
    expect(stage.raised.length).toBeLessThan(10);
    expect(actions().filter((action) => action === 'sign_in_failed')).toHaveLength(5);
  });

  it('guessing tells an admin when ten in a row have failed for one account', async () => {
    const { email } = await stage.addUser('supervisor');
    for (let n = 0; n < 10; n += 1) {
      await stage.signIn(email, 'a wrong password');
      await stage.time.advance(20 * MINUTE);
    }
    expect(stage.raised).toMatchObject([{ kind: 'many_failed_sign_ins' }]);
    expect(stage.raised[0]?.message).not.toContain(email);
  });
});

describe('an access token', () => {
  let token: string;
  let claims: { sub: string; sid: string };
  beforeAll(async () => {
    await sql`truncate sign_in_failures`.execute(stage.db);
    const { email } = await stage.addUser('supervisor', 'token.owner@example.com');
    token = (await stage.comeIn(email)).access_token;
    claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  });
  beforeEach(async () => {
    token = (await stage.comeIn('token.owner@example.com')).access_token;
    claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  });

  /** One that is right but for what is said. */
  function forge(change: {
    readonly claims?: Record<string, unknown>;
    readonly header?: Record<string, string>;
    readonly key?: Uint8Array;
  }): Promise<string> {
    const seconds = Math.floor(stage.time.now().getTime() / 1000);
    const right = {
      ...claims,
      iss: 'outdial',
      aud: 'outdial-api',
      jti: 'x',
      iat: seconds,
      exp: seconds + 600,
    };
    const said = Object.fromEntries(
      Object.entries({ ...right, ...change.claims }).filter(([, value]) => value !== undefined),
    );
    return new SignJWT(said)
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...change.header })
      .sign(change.key ?? STAGE_KEY);
  }
  const refused = async (shown: string): Promise<void> => {
    const answer = await me(shown);
    expectProblem(answer, 401, 'unauthorized');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  };

  it('an access token that is right opens the door', async () => {
    expect(await me(token)).toMatchObject({ status: 200 });
    expect(await me(await forge({}))).toMatchObject({ status: 200 });
  });

  it('an access token that was tampered with is refused', async () => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const other = Buffer.from(
      JSON.stringify({
        ...JSON.parse(Buffer.from(payload, 'base64url').toString()),
        sub: randomUUID(),
      }),
    ).toString('base64url');
    await refused(`${header}.${other}.${signature}`);
    await refused(`${header}.${payload}.${signature.slice(0, -2)}AA`);
    await refused(`${header}.${payload}.`);
    await refused(`${header}.${payload}`);
  });

  it('an access token without a signature (alg none) is refused', async () => {
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    const payload = token.split('.')[1] ?? '';
    await refused(`${none}.${payload}.`);
    await refused(`${none}.${payload}.${token.split('.')[2]}`);
  });

  it('signed with another algorithm or another key is refused', async () => {
    await refused(await forge({ header: { alg: 'HS512' }, key: new Uint8Array(64).fill(7) }));
    await refused(await forge({ key: new Uint8Array(32).fill(8) }));
    const header = Buffer.from('{"alg":"RS256","typ":"at+jwt"}').toString('base64url');
    const payload = token.split('.')[1] ?? '';
    const signed = createHmac('sha256', STAGE_KEY)
      .update(`${header}.${payload}`)
      .digest('base64url');
    await refused(`${header}.${payload}.${signed}`);
  });

  it.each([
    ['for another program (audience)', { aud: 'another-api' }],
    ['by another program (issuer)', { iss: 'another' }],
    ['without an audience', { aud: undefined }],
    ['without an end', { exp: undefined }],
    ['without an id', { jti: undefined }],
    ['without a sign-in', { sid: undefined }],
    ['for a sign-in that is no id', { sid: "' or 1=1 --" }],
    ['for an unknown sign-in', { sid: '0191f000-0000-7000-8000-00000000dead' }],
    ['for another person than signed in', { sub: '0191f000-0000-7000-8000-00000000dead' }],
    ['that would be good for years', { exp: 4_000_000_000, iat: 1_700_000_000 }],
  ])('%s is refused', async (_what, change) => {
    await refused(await forge({ claims: change }));
  });

  it('an access token of another kind is refused', async () => {
    await refused(await forge({ header: { typ: 'JWT' } }));
  });

  it('an access token is over after ten minutes', async () => {
    await stage.time.advance(9 * MINUTE);
    expect(await me(token)).toMatchObject({ status: 200 });
    await stage.time.advance(MINUTE + 10 * SECOND);
    const problem = expectProblem(await me(token), 401, 'unauthorized');
    expect(problem.detail).toContain('/api/auth/refresh');
  });

  it('an access token must stand in the header as it should', async () => {
    for (const authorization of ['Basic YTpi', token, 'Bearer', `Bearer ${token} more`, '']) {
      const answer = await stage.ask('GET', '/api/auth/me', undefined, {
        headers: { authorization },
      });
      expectProblem(answer, 401, 'unauthorized');
    }
  });
});

describe('a refresh token', () => {
  it('a refresh token counts once; one that comes back ends the sign-in, and raises an alert for admins', async () => {
    const { id, email } = await stage.addUser('supervisor');
    const first = await stage.comeIn(email);
    const second = (await refresh(first.refresh_token)).body;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await me(second.access_token)).toMatchObject({ status: 200 });
    stage.audited.length = 0;

    expectProblem(await refresh(first.refresh_token), 401, 'refresh_token');
    expectProblem(await refresh(second.refresh_token), 401, 'refresh_token');
    expectProblem(await me(second.access_token), 401, 'unauthorized');
    expect(stage.raised).toMatchObject([{ kind: 'refresh_token_used_twice' }]);
    expect(stage.audited).toMatchObject([
      { action: 'refresh_token_used_twice', target: { kind: 'user', id } },
    ]);
    // Said once, however often it is tried again.
    await refresh(first.refresh_token);
    expect(stage.raised).toHaveLength(1);
  });

  it('brought by two at the same moment leaves no one signed in', async () => {
    const { email } = await stage.addUser('supervisor');
    const { refresh_token: token } = await stage.comeIn(email);
    const answers = await Promise.all([refresh(token), refresh(token)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const winner = answers.find(({ status }) => status === 200)?.body;
    expectProblem(await refresh(winner.refresh_token), 401, 'refresh_token');
    expectProblem(await me(winner.access_token), 401, 'unauthorized');
  });

  it('an unknown refresh token is refused, and one of a disabled user too', async () => {
    expectProblem(await refresh('something'), 401, 'refresh_token');
    expectProblem(await stage.ask('POST', '/api/auth/refresh'), 401, 'refresh_token');
    const { id, email } = await stage.addUser('supervisor');
    const { refresh_token: token } = await stage.comeIn(email);
    await sql`update users set disabled_at = now() where id = ${id}`.execute(stage.db);
    expectProblem(await refresh(token), 401, 'refresh_token');
  });

  it('a refresh token is over after thirty days without use', async () => {
    const { email } = await stage.addUser('supervisor');
    const { refresh_token: token } = await stage.comeIn(email);
    await stage.time.advance(30 * DAY);
    expectProblem(await refresh(token), 401, 'refresh_token');
  });

  it('a refresh token stays in a cookie that no script and no other site sees, where a browser asks for that', async () => {
    const { email } = await stage.addUser('supervisor');
    const body = { email, password: PASSWORD, keep_in: 'cookie' };
    const answer = await stage.ask('POST', '/api/auth/login', body);
    expect(answer.body).not.toHaveProperty('refresh_token');
    const set = String(answer.headers['set-cookie']);
    expect(set).toMatch(/^outdial_refresh=[\w-]{43}; /);
    expect(set).toMatch(/Path=\/api\/auth; /);
    expect(set).toContain('HttpOnly');
    expect(set).toContain('SameSite=Strict');
    expect(set).not.toContain('Secure');

    const cookie = set.split(';')[0] ?? '';
    const next = await stage.ask('POST', '/api/auth/refresh', undefined, { cookie });
    expect(next.body).not.toHaveProperty('refresh_token');
    expect(next.headers['set-cookie']).toMatch(/^outdial_refresh=/);
    expect(await me(next.body.access_token)).toMatchObject({ status: 200 });
    // The old cookie once more: it is cleared.
    const again = await stage.ask('POST', '/api/auth/refresh', {}, { cookie });
    expectProblem(again, 401, 'refresh_token');
    expect(again.headers['set-cookie']).toMatch(/^outdial_refresh=; Max-Age=0/);
  });

  it('a refresh token goes over https only where the world comes over https', async () => {
    const secure = await createAccountStage({ secureCookies: true });
    try {
      const { email } = await secure.addUser('supervisor');
      const body = { email, password: PASSWORD, keep_in: 'cookie' };
      const answer = await secure.ask('POST', '/api/auth/login', body);
      const set = String(answer.headers['set-cookie']);
      expect(set).toMatch(/^__Secure-outdial_refresh=.*; Secure/);
      // One without the prefix may have been planted by an attacker on the network.
      const [cookie = ''] = set.split(';');
      const planted = cookie.replace('__Secure-', '');
      const asPlanted = await secure.ask('POST', '/api/auth/refresh', {}, { cookie: planted });
      expectProblem(asPlanted, 401, 'refresh_token');
      expect(await secure.ask('POST', '/api/auth/refresh', {}, { cookie })).toMatchObject({
        status: 200,
      });
    } finally {
      await secure.close();
    }
  });
});

describe('signing out', () => {
  it('signing out ends the sign-in at once, by the token in the body or in the cookie', async () => {
    const { email } = await stage.addUser('supervisor');
    for (const how of ['body', 'cookie'] as const) {
      const { access_token, refresh_token } = await stage.comeIn(email);
      stage.audited.length = 0;
      const answer =
        how === 'body'
          ? await stage.ask('POST', '/api/auth/logout', { refresh_token })
          : await stage.ask('POST', '/api/auth/logout', undefined, {
              cookie: `outdial_refresh=${refresh_token}`,
            });
      expect(answer.status).toBe(200);
      expect(answer.headers['set-cookie']).toContain('Max-Age=0');
      expectProblem(await me(access_token), 401, 'unauthorized');
      expectProblem(await refresh(refresh_token), 401, 'refresh_token');
      expect(actions()).toEqual(['signed_out']);
    }
    expect(await stage.ask('POST', '/api/auth/logout', { refresh_token: 'unknown' })).toMatchObject(
      { status: 200 },
    );
  });

  it('everywhere ends all', async () => {
    const { email } = await stage.addUser('supervisor');
    const [one, two] = [await stage.comeIn(email), await stage.comeIn(email)];
    await stage.ask('POST', '/api/auth/logout-everywhere', undefined, { shows: one.access_token });
    for (const { access_token } of [one, two])
      expectProblem(await me(access_token), 401, 'unauthorized');
  });

  it('a user sees and ends only their own sign-ins', async () => {
    const { email } = await stage.addUser('supervisor');
    const other = await stage.addUser('supervisor');
    const theirs = await stage.comeIn(other.email);
    const [here, there] = [await stage.comeIn(email), await stage.comeIn(email)];
    const list = async (shows: string) =>
      (await stage.ask('GET', '/api/auth/sign-ins', undefined, { shows })).body.sign_ins;
    const mine = await list(here.access_token);
    expect(mine).toHaveLength(2);
    expect(mine.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    expect(mine[0]).toMatchObject({ address: '203.0.113.5', user_agent: 'a browser' });
    const foreign = (await list(theirs.access_token))[0].id;
    const shows = here.access_token;
    expectProblem(
      await stage.ask('DELETE', `/api/auth/sign-ins/${foreign}`, undefined, { shows }),
      404,
      'not_found',
    );
    const elsewhere = mine.find(({ current }: { current: boolean }) => !current).id;
    expect(
      await stage.ask('DELETE', `/api/auth/sign-ins/${elsewhere}`, undefined, { shows }),
    ).toMatchObject({ status: 200 });
    expectProblem(await me(there.access_token), 401, 'unauthorized');
    expect(await me(theirs.access_token)).toMatchObject({ status: 200 });
  });
});

describe('one’s own account', () => {
  it('one’s own account has a name that one may change', async () => {
    const { email } = await stage.addUser('agent');
    const { access_token: shows } = await stage.comeIn(email);
    const answer = await stage.ask('PATCH', '/api/auth/me', { name: 'Anna' }, { shows });
    expect(answer.body.user.name).toBe('Anna');
    expect(stage.audited.at(-1)).toMatchObject({
      action: 'user_changed',
      details: { after: { name: 'Anna' } },
    });
  });

  it('one’s own account gets another password for the old one, which ends all other sign-ins', async () => {
    const { email } = await stage.addUser('supervisor');
    const [here, there] = [await stage.comeIn(email), await stage.comeIn(email)];
    const change = (current_password: string, new_password: string) =>
      stage.ask(
        'POST',
        '/api/auth/password',
        { current_password, new_password },
        { shows: here.access_token },
      );
    expectProblem(
      await change('a wrong password', 'words of my own choice'),
      401,
      'invalid_credentials',
    );
    expectProblem(await change(PASSWORD, 'qwerty123456'), 400, 'weak_password');
    expectProblem(await change(PASSWORD, PASSWORD), 400, 'weak_password');
    expectProblem(await change(PASSWORD, 'too short'), 400, 'invalid_request');
    expect(await change(PASSWORD, 'words of my own choice')).toMatchObject({ status: 200 });
    expect(await me(here.access_token)).toMatchObject({ status: 200 });
    expectProblem(await me(there.access_token), 401, 'unauthorized');
    expectProblem(await stage.signIn(email), 401, 'invalid_credentials');
    await stage.comeIn(email, 'words of my own choice');
  });

  it('one’s own account cannot be taken over by guessing the password from a stolen access token', async () => {
    const { email } = await stage.addUser('supervisor');
    const { access_token: shows } = await stage.comeIn(email);
    const guess = () =>
      stage.ask(
        'POST',
        '/api/auth/password',
        { current_password: 'a guess', new_password: 'words of the thief' },
        { shows },
      );
    const answers = await Promise.all(Array.from({ length: 20 }, guess));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
  });
});

describe('the second factor', () => {
  async function withSecondFactor() {
    const user = await stage.addUser('supervisor');
    const { access_token: shows } = await stage.comeIn(user.email);
    const started = await stage.ask(
      'POST',
      '/api/auth/second-factor',
      { password: PASSWORD },
      { shows },
    );
    expect(started.status).toBe(200);
    const { secret, uri } = started.body as { secret: string; uri: string };
    const code = codeOf(secret, stage.time.now());
    const confirmed = await stage.ask(
      'POST',
      '/api/auth/second-factor/confirm',
      { code },
      { shows },
    );
    expect(confirmed.status).toBe(200);
    await stage.time.advance(MINUTE);
    return { user, shows, secret, uri, recovery: confirmed.body.recovery_codes as string[] };
  }
  const withCode = (email: string, secondFactor: string) =>
    stage.signIn(email, PASSWORD, { secondFactor });

  it('the second factor is asked for only once it is confirmed', async () => {
    const { email } = await stage.addUser('supervisor');
    const { access_token: shows } = await stage.comeIn(email);
    expectProblem(
      await stage.ask('POST', '/api/auth/second-factor', { password: 'a wrong one' }, { shows }),
      401,
      'invalid_credentials',
    );
    const { body } = await stage.ask(
      'POST',
      '/api/auth/second-factor',
      { password: PASSWORD },
      { shows },
    );
    expect(body.uri).toMatch(/^otpauth:\/\/totp\/Outdial:/);
    await stage.comeIn(email);
    expectProblem(
      await stage.ask('POST', '/api/auth/second-factor/confirm', { code: '000000' }, { shows }),
      401,
      'invalid_second_factor',
    );
  });

  it('the second factor is asked for after the password, and a code counts once', async () => {
    const { user, secret } = await withSecondFactor();
    expectProblem(await stage.signIn(user.email, 'a wrong password'), 401, 'invalid_credentials');
    expectProblem(await stage.signIn(user.email), 401, 'second_factor_required');
    const code = codeOf(secret, stage.time.now());
    const answers = await Promise.all([1, 2, 3].map(() => withCode(user.email, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expectProblem(await withCode(user.email, code), 401, 'invalid_second_factor');
    expect(stage.audited.find(({ action }) => action === 'signed_in' && true)).toBeDefined();
  });

  it('the second factor takes a code of half a minute ago or ahead, and no older one', async () => {
    const { user, secret } = await withSecondFactor();
    const at = (seconds: number) =>
      codeOf(secret, new Date(stage.time.now().getTime() + seconds * SECOND));
    expectProblem(await withCode(user.email, at(-90)), 401, 'invalid_second_factor');
    expect(await withCode(user.email, at(-30))).toMatchObject({ status: 200 });
    expect(await withCode(user.email, at(30))).toMatchObject({ status: 200 });
    // A later one was used.
    expectProblem(await withCode(user.email, at(0)), 401, 'invalid_second_factor');
  });

  it('the code cannot be guessed by a stranger who has the password', async () => {
    const { user, secret } = await withSecondFactor();
    for (let n = 0; n < 5; n += 1) {
      expectProblem(await withCode(user.email, '000000'), 401, 'invalid_second_factor');
      // In between, the right password alone does not wipe the failures out.
      if (n < 4) expectProblem(await stage.signIn(user.email), 401, 'second_factor_required');
    }
    expectProblem(
      await withCode(user.email, codeOf(secret, stage.time.now())),
      429,
      'rate_limited',
    );
  });

  it('the second factor has ten recovery codes, each good once, until there are new ones', async () => {
    const { user, shows, recovery } = await withSecondFactor();
    expect(new Set(recovery).size).toBe(10);
    const [first = '', second = '', third = '', fourth = ''] = recovery;
    const answers = await Promise.all([1, 2].map(() => withCode(user.email, first)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(await withCode(user.email, second.toUpperCase().replaceAll('-', ' '))).toMatchObject({
      status: 200,
    });
    expect(stage.audited.at(-1)).toMatchObject({
      action: 'signed_in',
      details: { second_factor: 'recovery_code' },
    });
    const renew = (code: string) =>
      stage.ask('POST', '/api/auth/recovery-codes', { password: PASSWORD, code }, { shows });
    expectProblem(await renew('000000'), 401, 'invalid_second_factor');
    const { body } = await renew(third);
    expectProblem(await withCode(user.email, fourth), 401, 'invalid_second_factor');
    expect(await withCode(user.email, body.recovery_codes[0])).toMatchObject({ status: 200 });
    const { rows } = await sql<{
      all: string;
    }>`select string_agg(c::text, '') as all from recovery_codes c`.execute(stage.db);
    expect(rows[0]?.all).not.toContain(body.recovery_codes[1]);
  });

  it('the second factor is not set up a second time, and ends with the password and a code', async () => {
    const { user, shows, secret } = await withSecondFactor();
    expectProblem(
      await stage.ask('POST', '/api/auth/second-factor', { password: PASSWORD }, { shows }),
      409,
      'second_factor_on',
    );
    const end = (password: string, code: string) =>
      stage.ask('POST', '/api/auth/second-factor/end', { password, code }, { shows });
    expectProblem(await end(PASSWORD, '000000'), 401, 'invalid_second_factor');
    expectProblem(
      await end('a wrong one', codeOf(secret, stage.time.now())),
      401,
      'invalid_credentials',
    );
    expect(await end(PASSWORD, codeOf(secret, stage.time.now()))).toMatchObject({ status: 200 });
    await stage.comeIn(user.email);
    expectProblem(await end(PASSWORD, '000000'), 409, 'second_factor_off');
  });

  it('the second factor is kept sealed', async () => {
    const { user, secret } = await withSecondFactor();
    const known = await createUserStore(stage.db).getWithSecrets(user.id);
    expect(known?.totpSecret).toMatch(/^v1\./);
    expect(known?.totpSecret).not.toContain(secret);
  });
});
