import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLive, type LiveMessage } from '@outdial/client';
import { until } from '@outdial/lab/server/until';
import { ACCOUNTS_ENV, FIRST_ADMIN } from '@outdial/testing/sign-in';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startAircallAccount } from '../src/aircall-account.js';
import { leadsThatEndAs } from '../src/leads.js';
import { dumpOf, foundIn } from '../src/security/database-dump.js';
import { copied, FORGERIES, type Loot, signingKey } from '../src/security/forged-tokens.js';
import {
  type Answer,
  ask,
  type Installation,
  startInstallation,
  type TestUser,
} from '../src/security/installation.js';
import { oneTimeCode } from '../src/security/one-time-code.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let installation: Installation;
let supervisor: TestUser;
let ada: TestUser;
let ben: TestUser;

beforeAll(async () => {
  installation = await startInstallation();
  supervisor = await installation.addUser('supervisor', 'Sue Pervisor');
  ada = await installation.addUser('agent', 'Ada Agent');
  ben = await installation.addUser('agent', 'Ben Agent');
});
afterAll(() => installation?.close());

/** A request without a sign-in, with a value in place of a token. */
const show = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(fetch, `${installation.server.url}${path}`, 'GET', undefined, headers);

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(fetch, `${installation.server.url}${path}`, 'POST', body, headers);

const signIn = async ({ email, password }: { email: string; password: string }) => {
  const answer = await post('/api/auth/login', { email, password });
  expect(answer.status, answer.text).toBe(200);
  return answer.body as { access_token: string; refresh_token: string };
};

const statusWith = async (token: string): Promise<number> =>
  (await show('/api/auth/me', { authorization: `Bearer ${token}` })).status;

describe('a client that is not signed in', () => {
  test('a client that is not signed in gets nothing from the API except the public operations', async () => {
    const { paths } = (await show('/api/openapi.json')).body as {
      paths: Record<string, Record<string, unknown>>;
    };
    const open: string[] = [];
    for (const [path, methods] of Object.entries(paths)) {
      const filled = path.replaceAll(/\{[^}]+\}/g, '0191f000-0000-7000-8000-00000000dead');
      for (const method of Object.keys(methods)) {
        const answer = await ask(
          fetch,
          `${installation.server.url}${filled}`,
          method.toUpperCase(),
        );
        // No connection has this id, so the webhook does not exist here.
        if (path.startsWith('/webhooks/')) expect(answer.status, path).toBe(404);
        else if (answer.status !== 401) open.push(`${method.toUpperCase()} ${path}`);
        else expect(answer.headers.get('www-authenticate'), path).toMatch(/^Bearer/);
      }
    }
    expect(open.sort()).toEqual([
      // Those are for coming in; without anything to show they refuse too, or have nothing to do.
      'GET /healthz',
      // This machine itself may scrape.
      'GET /metrics',
      'GET /readyz',
      'POST /api/auth/login',
      'POST /api/auth/logout',
    ]);
  });

  test('a client without a valid token receives no live events', async () => {
    const key = await signingKey(installation.db);
    const forged = FORGERIES['is for another audience']?.(await lootOf(key)) ?? '';
    const ended = await signIn(ben);
    await post('/api/auth/logout', { refresh_token: ended.refresh_token });
    for (const token of ['', 'hello', forged, ended.access_token]) {
      const seen: unknown[] = [];
      const live = createLive({
        baseUrl: installation.server.url,
        token: async () => token,
        agentId: ada.agentId,
        onHello: (hello) => seen.push(hello),
        onEvent: (event) => seen.push(event),
      });
      onTestFinished(() => live.close());
      await until('the server has refused', () => live.state === 'refused');
      const changed = await ada.request('PUT', '/api/agents/me/status', {
        status: token === 'hello' ? 'AVAILABLE' : 'DO_NOT_DISTURB',
      });
      expect(changed.status).toBe(200);
      expect(seen).toEqual([]);
      live.close();
    }
  });

  test('a client that is not signed in cannot open a long poll', async () => {
    const poll = `${installation.server.url}/live/?EIO=4&transport=polling`;
    const opened = await ask(fetch, poll, 'GET');
    const { sid } = JSON.parse(opened.text.slice(1)) as { sid: string };
    const headers = { 'content-type': 'text/plain' };
    await ask(fetch, `${poll}&sid=${sid}`, 'POST', '40{"token":"hello"}', headers);
    const said = await ask(fetch, `${poll}&sid=${sid}`, 'GET');
    // A Socket.IO packet of the type CONNECT_ERROR.
    expect(said.text).toMatch(/^44/);
    expect(said.text).not.toMatch(/epoch|\.updated/);
  });
});

async function lootOf(key: Uint8Array): Promise<Loot> {
  const admin = installation.server.admin;
  const { rows } = await sql<{ id: string }>`
    select id from users where email = ${FIRST_ADMIN.email}`.execute(installation.db);
  const adminId = rows[0]?.id ?? '';
  return { token: await ben.token(), key, adminId, adminToken: await admin.token() };
}

describe('a token', () => {
  test('an access token is valid only as the server issued it', async () => {
    const loot = await lootOf(await signingKey(installation.db));
    // The forger has everything: the one that they made without a lie in it is taken.
    expect(await statusWith(copied(loot))).toBe(200);
    for (const [what, forge] of Object.entries(FORGERIES)) {
      const token = forge(loot);
      for (const path of ['/api/auth/me', '/api/users']) {
        const answer = await show(path, { authorization: `Bearer ${token}` });
        // One that is longer than all headers may be is refused by Node itself.
        expect([401, 431], `one that ${what}`).toContain(answer.status);
        expect(answer.text).not.toMatch(/@office\.example|@tests\.example|\n\s+at /);
        if (answer.status === 401) expect(answer.body.code, what).toBe('unauthorized');
      }
    }
    expect(await statusWith(loot.token)).toBe(200);
  });

  test('an access token is accepted in the Authorization header only', async () => {
    const token = await ben.token();
    for (const [path, headers] of [
      [`/api/auth/me?access_token=${token}`, {}],
      [`/api/auth/me?token=${token}`, {}],
      ['/api/auth/me', { cookie: `access_token=${token}; outdial_refresh=${token}` }],
      ['/api/auth/me', { authorization: token }],
      ['/api/auth/me', { authorization: `Basic ${token}` }],
      ['/api/auth/me', { authorization: `Bearer ${token} ${token}` }],
      ['/api/auth/me', { 'x-access-token': token }],
    ] as const) {
      expect((await show(path, headers)).status, JSON.stringify(headers)).toBe(401);
    }
  });

  test('a refresh token gives no access to the API, and its second use ends the login session', async () => {
    const first = await signIn(ben);
    const other = await signIn(ben);
    expect(await statusWith(first.refresh_token)).toBe(401);

    const renewed = await post('/api/auth/refresh', { refresh_token: first.refresh_token });
    expect(renewed.status).toBe(200);
    const second = renewed.body as { access_token: string; refresh_token: string };
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await statusWith(second.access_token)).toBe(200);

    // The server cannot know who is the thief, so both are signed out.
    const replayed = await post('/api/auth/refresh', { refresh_token: first.refresh_token });
    expect(replayed.status).toBe(401);
    const after = await post('/api/auth/refresh', { refresh_token: second.refresh_token });
    expect(after.status).toBe(401);
    expect(await statusWith(first.access_token)).toBe(401);
    expect(await statusWith(second.access_token)).toBe(401);
    // Another sign-in of the same person has nothing to do with it.
    expect(await statusWith(other.access_token)).toBe(200);

    const { body } = await ask(
      installation.server.admin.fetch,
      `${installation.server.url}/api/audit?action=refresh_token_used_twice`,
      'GET',
    );
    expect(body.total).toBe(1);
    const alerts = installation.server.log().filter(({ msg }) => msg === 'security alert');
    expect(alerts).toContainEqual(expect.objectContaining({ kind: 'refresh_token_used_twice' }));
  });

  test('a refresh token that twenty clients use concurrently works for one of them at most', async () => {
    const { refresh_token } = await signIn(ben);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post('/api/auth/refresh', { refresh_token })),
    );
    const good = answers.filter(({ status }) => status === 200);
    expect(good.length).toBeLessThanOrEqual(1);
    expect(answers.filter(({ status }) => status !== 200 && status !== 401)).toEqual([]);
    // And as the others came after it, that one is over too.
    for (const { body } of good) expect(await statusWith(body.access_token)).toBe(401);
  });

  test('a browser keeps its refresh token in a cookie that no script and no other site can use', async () => {
    const { email, password } = ben;
    const answer = await post('/api/auth/login', { email, password, keep_in: 'cookie' });
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty('refresh_token');
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^outdial_refresh=[\w-]{43};/);
    for (const part of [/; HttpOnly/i, /; SameSite=Strict/i, /; Path=\/api\/auth(;|$)/i]) {
      expect(cookie).toMatch(part);
    }
    expect(cookie).not.toMatch(/; Domain=/i);
    const shown = { cookie: cookie.split(';')[0] ?? '' };
    const elsewhere = await post(
      '/api/auth/refresh',
      {},
      { ...shown, origin: 'https://evil.example' },
    );
    expect(elsewhere.status).toBe(403);
    expect(elsewhere.headers.get('access-control-allow-origin')).toBeNull();
    expect((await post('/api/auth/refresh', {}, shown)).status).toBe(200);
  });

  test('an access token ends with its login session, its user and its role', async () => {
    const eve = await installation.addUser('supervisor', 'Eve Leaves');
    const { admin } = installation.server;
    const [one, two] = [await signIn(eve), await signIn(eve)];
    await post('/api/auth/logout', { refresh_token: one.refresh_token });
    expect([await statusWith(one.access_token), await statusWith(two.access_token)]).toEqual([
      401, 200,
    ]);
    const users = { authorization: `Bearer ${two.access_token}` };
    expect((await show('/api/suppressions', users)).status).toBe(200);
    await admin.request('PATCH', `/api/users/${eve.userId}`, { role: 'agent' });
    expect([401, 403]).toContain((await show('/api/suppressions', users)).status);
    const three = await signIn(eve);
    expect(
      (await admin.request('PATCH', `/api/users/${eve.userId}`, { disabled: true })).status,
    ).toBe(200);
    expect(await statusWith(three.access_token)).toBe(401);
    const renewed = await post('/api/auth/refresh', { refresh_token: three.refresh_token });
    expect(renewed.status).toBe(401);
    const again = await post('/api/auth/login', { email: eve.email, password: eve.password });
    expect(again.status).toBe(401);
  });
});

describe('an agent', () => {
  test('an agent can neither read nor change another agent’s data by its id', async () => {
    const { client } = installation.server;
    const leads = await leadsThatEndAs(client, ['NO_ANSWER', 'CONNECTED']);
    const { queue } = await client.queues.create({
      name: 'For Ada alone',
      settings: {
        delay_seconds: 0,
        wrap_up_seconds: 0,
        pause_when_away_seconds: 0,
        patience_seconds: 0,
      },
      lead_ids: leads.map(({ id }) => id),
    });
    const restricted = await supervisor.request('PUT', `/api/queues/${queue.id}/agents`, {
      restricted: true,
      agent_ids: [ada.agentId],
    });
    expect(restricted.status, restricted.text).toBe(200);

    const heard: LiveMessage[] = [];
    const live = createLive({
      baseUrl: installation.server.url,
      token: () => ben.token(),
      // Says that it is Ada's screen.
      agentId: ada.agentId,
      onHello: () => undefined,
      onEvent: (event) => heard.push(event),
    });
    onTestFinished(() => live.close());

    const started = await ada.request('POST', '/api/dialer/start', {
      queue_id: queue.id,
      lines: 1,
      after_connect: 'continue',
    });
    expect(started.status, started.text).toBe(201);
    const sessionId = started.body.id as string;
    const call = await until('Ada has a call in her history', async () => {
      const { body } = await ada.request('GET', '/api/history');
      return body.calls?.[0] as { id: string } | undefined;
    });
    const [lead] = leads;
    const [item] = (await client.queueItems.list({ queue_id: queue.id })).items;

    // Ben has all the ids. For him there is no such thing.
    const hers: readonly (readonly [string, string, unknown?])[] = [
      ['GET', `/api/dialer/sessions/${sessionId}`],
      ['POST', `/api/dialer/sessions/${sessionId}/pause`],
      ['POST', `/api/dialer/sessions/${sessionId}/resume`],
      ['POST', `/api/dialer/sessions/${sessionId}/stop`],
      ['POST', `/api/dialer/sessions/${sessionId}/dial-next`],
      ['POST', `/api/dialer/sessions/${sessionId}/hold-wrap-up`],
      ['GET', `/api/calls/${call.id}`],
      ['GET', `/api/history/${call.id}`],
      ['POST', `/api/calls/${call.id}/hangup`],
      ['POST', `/api/calls/${call.id}/disposition`, { disposition: 'Interested' }],
      ['GET', `/api/leads/${lead?.id}`],
      ['GET', `/api/contacts/${lead?.id}`],
      ['PATCH', `/api/leads/${lead?.id}`, { name: 'Ben was here' }],
      ['GET', `/api/leads/${lead?.id}/crm-activities`],
      ['GET', `/api/queues/${queue.id}`],
    ];
    for (const [method, path, body] of hers) {
      const answer = await ben.request(method, path, body);
      expect(answer.status, `${method} ${path}: ${answer.text}`).toBe(404);
    }
    // An agent may not act for another agent.
    for (const [method, path, body] of [
      ['POST', '/api/dialer/start', { queue_id: queue.id }],
      ['GET', '/api/dialer/status'],
      ['POST', '/api/dialer/stop'],
      ['PUT', '/api/agents/me/status', { status: 'OFFLINE' }],
    ] as const) {
      const answer = await ben.request(method, path, body, { 'x-agent-id': ada.agentId });
      expect(answer.status, `${method} ${path}: ${answer.text}`).toBe(403);
    }
    // Nor may he work her queue, or her leads, as himself.
    for (const wish of [{ queue_id: queue.id }, { lead_ids: [lead?.id] }]) {
      const answer = await ben.request('POST', '/api/dialer/start', wish);
      expect([403, 404], answer.text).toContain(answer.status);
    }
    // An agent cannot use the operations of other roles.
    for (const [method, path, body] of [
      ['POST', '/api/dialer/sessions', { agent_id: ada.agentId, queue_id: queue.id }],
      ['PATCH', `/api/queue/${item?.id}`, { priority: 1 }],
      ['DELETE', `/api/queue/${item?.id}`],
      ['DELETE', `/api/leads/${lead?.id}`],
      ['PUT', `/api/queues/${queue.id}/agents`, { restricted: false, agent_ids: [] }],
      ['GET', '/api/history/export.csv'],
      ['GET', '/api/users'],
      ['GET', `/api/users/${ben.userId}`],
      ['PATCH', `/api/users/${ben.userId}`, { role: 'admin' }],
      ['POST', '/api/api-keys', { name: 'Mine', permissions: ['users.manage'] }],
      ['GET', '/api/audit'],
      ['POST', '/api/connections', { integration: 'aircall' }],
      ['GET', '/api/connections/aircall'],
      ['DELETE', '/api/connections/aircall'],
    ] as const) {
      const answer = await ben.request(method, path, body);
      expect(answer.status, `${method} ${path}: ${answer.text}`).toBe(403);
    }

    // Lists and sums hold nothing of hers either, whomever he asks for.
    const ids = [sessionId, call.id, queue.id, ...leads.map(({ id }) => id)];
    for (const path of [
      '/api/leads?limit=200',
      `/api/leads?q=${encodeURIComponent('NO_ANSWER')}`,
      '/api/queues?limit=200',
      `/api/queue?queue_id=${queue.id}`,
      `/api/history?agent_id=${ada.agentId}`,
      `/api/history?lead_id=${lead?.id}`,
      `/api/history?session_id=${sessionId}`,
      `/api/dialer/sessions?agent_id=${ada.agentId}`,
      '/api/dialer/status',
    ]) {
      const { text } = await ben.request('GET', path);
      for (const id of ids) expect(text.replace(/"detail":"[^"]*"/, ''), path).not.toContain(id);
    }
    const stats = await ben.request('GET', `/api/stats?agent_id=${ada.agentId}`);
    if (stats.status === 200) expect(stats.text).not.toContain(ada.agentId);

    await until('her session is over', async () => {
      return (
        (await ada.request('GET', `/api/dialer/sessions/${sessionId}`)).body.status === 'STOPPED'
      );
    });
    for (const { name, data } of heard) {
      for (const id of ids) expect(JSON.stringify(data), name).not.toContain(id);
    }
    // Everything of hers is as it was.
    const mine = await ada.request('GET', `/api/leads/${lead?.id}`);
    expect(mine.body.name ?? mine.body.lead?.name).toBe(lead?.name);
    expect((await ada.request('GET', `/api/queues/${queue.id}`)).status).toBe(200);
  });
});

describe('a database dump', () => {
  test('a database dump and the log contain no password, token, key or credential in plain text', async () => {
    const place = await startInstallation();
    onTestFinished(() => place.close());
    const { admin, url } = place.server;
    const added = await admin.request('POST', '/api/users', {
      email: 'new@office.example',
      name: 'New Here',
      role: 'agent',
    });
    const { one_time_password = '' } = (await added.json()) as { one_time_password?: string };
    const key = await admin.request('POST', '/api/api-keys', {
      name: 'For the website',
      permissions: ['leads.manage'],
    });
    const apiKey = ((await key.json()) as { key: string }).key;
    const someone = await place.addUser('supervisor', 'Sam Secret');
    const signedIn = await ask(fetch, `${url}/api/auth/login`, 'POST', {
      email: someone.email,
      password: someone.password,
    });
    const renewed = await ask(fetch, `${url}/api/auth/refresh`, 'POST', {
      refresh_token: signedIn.body.refresh_token,
    });
    const mistyped = 'the password of my bank, by mistake';
    await ask(fetch, `${url}/api/auth/login`, 'POST', { email: someone.email, password: mistyped });
    await ask(fetch, `${url}/api/auth/login`, 'POST', {
      email: mistyped,
      password: 'whatever else',
    });

    const factor = await someone.request('POST', '/api/auth/second-factor', {
      password: someone.password,
    });
    expect(factor.status, factor.text).toBe(200);
    const confirmed = await someone.request('POST', '/api/auth/second-factor/confirm', {
      code: oneTimeCode(factor.body.secret),
    });
    expect(confirmed.status, confirmed.text).toBe(200);
    const codes = confirmed.body.recovery_codes as string[];

    const credential = 'credential-entered-on-the-settings-page-0123456789';
    const set = await ask(admin.fetch, `${url}/api/connections`, 'POST', {
      integration: 'aircall',
      credentials: { api_token: credential },
    });
    expect(set.status, set.text).toBe(201);

    const secrets = {
      'the admin’s password': FIRST_ADMIN.password,
      'a password of a person': someone.password,
      'a one-time password': one_time_password,
      'a password that was typed wrong': mistyped,
      'an API key': apiKey,
      'an access token': signedIn.body.access_token as string,
      'a refresh token that was used': signedIn.body.refresh_token as string,
      'a refresh token': renewed.body.refresh_token as string,
      'the secret of a second factor': factor.body.secret as string,
      ...Object.fromEntries(codes.map((code, at) => [`recovery code ${at + 1}`, code])),
      'a credential': credential,
      SECRET_KEY: ACCOUNTS_ENV.SECRET_KEY,
      'the key of access tokens': (await signingKey(place.db)).toString('base64url'),
    };
    expect(foundIn(await dumpOf(place.databaseUrl), secrets)).toEqual([]);
    expect(foundIn(place.server.output(), secrets)).toEqual([]);
    // And once the settings page shows what is there, it shows that it is there.
    const after = await ask(admin.fetch, `${url}/api/connections/aircall`, 'GET');
    expect(foundIn(after.text, secrets)).toEqual([]);
  });

  test('a database dump contains nothing that helps to forge provider events', async () => {
    const account = await startAircallAccount();
    const place = await startInstallation((url) => account.env(url));
    onTestFinished(() => place.close());
    const [webhook] = account.control.webhooks();
    const secrets = {
      'the token of the webhook': webhook?.token ?? '',
      'the segment of its path': webhook?.url.split('/').at(-1) ?? '',
      'the token of the account': account.env('').AIRCALL_API_TOKEN ?? '',
    };
    expect(foundIn(await dumpOf(place.databaseUrl), secrets)).toEqual([]);
    expect(foundIn(place.server.output(), secrets)).toEqual([]);
  });
});

describe('the audit log', () => {
  const verify = async (databaseUrl: string): Promise<{ code: number; output: string }> => {
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, ...ACCOUNTS_ENV, DATABASE_URL: databaseUrl };
    return promisify(execFile)('npm', ['run', '--silent', 'audit:verify'], { cwd: ROOT, env }).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        output: error.stdout + error.stderr,
      }),
    );
  };

  /** Changes rows like an attacker with all permissions on the database. */
  const tampering: Readonly<Record<string, (seq: number) => readonly RawBuilder<unknown>[]>> = {
    'whose actor was changed': (seq) => [
      sql`update audit_log set actor_name = 'another user' where seq = ${seq}`,
    ],
    'whose details were changed': (seq) => [
      sql`update audit_log set details = '{"nothing": "to see"}' where seq = ${seq}`,
    ],
    'whose time was changed by a millisecond': (seq) => [
      sql`update audit_log set at = at + interval '1 millisecond' where seq = ${seq}`,
    ],
    'that was removed': (seq) => [sql`delete from audit_log where seq = ${seq}`],
    'that changed places with the next': (seq) => [
      sql`update audit_log set seq = -1 where seq = ${seq}`,
      sql`update audit_log set seq = ${seq} where seq = ${seq + 1}`,
      sql`update audit_log set seq = ${seq + 1} where seq = -1`,
    ],
    'behind which all others were cut off': (seq) => [
      sql`delete from audit_log where seq > ${seq}`,
    ],
  };

  test('the audit log shows each entry that was changed, removed or moved by hand', async () => {
    const { db, databaseUrl } = installation;
    await installation.server.stop();
    onTestFinished(() => installation.server.start());
    const whole = await verify(databaseUrl);
    expect(whole.code, whole.output).toBe(0);
    const { rows } = await sql<{ seq: string }>`select seq from audit_log order by seq`.execute(db);
    expect(rows.length).toBeGreaterThan(10);
    const seq = Number(rows[Math.floor(rows.length / 2)]?.seq);

    // The table itself refuses.
    for (const [what, tamper] of Object.entries(tampering)) {
      const [first] = tamper(seq);
      await expect(first?.execute(db), what).rejects.toThrow(/append-only/);
    }
    await sql`create table kept as table audit_log`.execute(db);
    const past = async (statements: readonly RawBuilder<unknown>[]): Promise<void> => {
      await sql`alter table audit_log disable trigger user`.execute(db);
      for (const statement of statements) await statement.execute(db);
      await sql`alter table audit_log enable trigger user`.execute(db);
    };
    for (const [what, tamper] of Object.entries(tampering)) {
      await past(tamper(seq));
      const found = await verify(databaseUrl);
      expect(found.code, `an entry ${what}: ${found.output}`).toBe(1);
      expect(found.output, what).toMatch(new RegExp(`\\b(${seq}|${seq + 1})\\b`));
      await past([sql`delete from audit_log`, sql`insert into audit_log table kept`]);
      const again = await verify(databaseUrl);
      expect(again.code, `put back after an entry ${what}: ${again.output}`).toBe(0);
    }
    await sql`drop table kept`.execute(db);
  });
});
