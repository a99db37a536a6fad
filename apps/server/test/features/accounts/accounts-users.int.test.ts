import { createAgentStore, createUserStore } from '@outdial/postgres';
import { ROLE_PERMISSIONS } from '@outdial/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type AccountStage,
  codeOf,
  createAccountStage,
  PASSWORD,
} from '../../harness/account-stage.js';
import { expectProblem, UNKNOWN_ID } from '../../harness/stage.js';

const MINUTE = 60_000;

let stage: AccountStage;
/** Access tokens of the one admin who is always there. */
let admin: string;
let adminId: string;

beforeAll(async () => {
  stage = await createAccountStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  await sql`truncate users, sign_in_failures cascade`.execute(stage.db);
  const user = await stage.addUser('admin', 'admin@example.com');
  adminId = user.id;
  admin = (await stage.comeIn(user.email)).access_token;
  stage.audited.length = 0;
});

const asAdmin = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: unknown) =>
  stage.ask(method, url, body, { shows: admin });
const get = (url: string, shows: string) => stage.ask('GET', url, undefined, { shows });
const create = (body: object) => asAdmin('POST', '/api/users', body);
const entries = () =>
  stage.audited.map(({ action, target, details }) => ({ action, of: target?.id, details }));

describe('a new user', () => {
  it('a new user gets a one-time password that is shown once and must be changed', async () => {
    const answer = await create({ email: 'anna@example.com', name: 'Anna', role: 'supervisor' });
    expect(answer.status).toBe(201);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { user, one_time_password: password } = answer.body;
    expect(user).toMatchObject({ must_change_password: true, role: 'supervisor', agent_id: null });
    const came = await stage.comeIn('anna@example.com', password);
    expectProblem(await get('/api/queues', came.access_token), 403, 'password_change_required');
    expect((await asAdmin('GET', `/api/users/${user.id}`)).text).not.toContain(password);
    expect(JSON.stringify([stage.audited, stage.logged])).not.toContain(password);
    expect(entries()[0]).toEqual({
      action: 'user_created',
      of: user.id,
      details: {
        after: {
          email: 'anna@example.com',
          name: 'Anna',
          role: 'supervisor',
          agent_id: null,
          disabled: false,
        },
      },
    });
  });

  it('a new user with the role agent takes calls at once: the agent is made with them', async () => {
    const { body } = await create({ email: 'ben@example.com', name: 'Ben', role: 'agent' });
    expect(await createAgentStore(stage.db).get(body.user.agent_id)).toMatchObject({ name: 'Ben' });
    expect(stage.announced).toContainEqual({ kind: 'agent', agentId: body.user.agent_id });
  });

  it('a new user is refused with a weak password, a taken address, a taken or unknown agent', async () => {
    const anna = { email: 'anna@example.com', name: 'Anna', role: 'agent' };
    expectProblem(await create({ ...anna, password: 'anna@example.com' }), 400, 'weak_password');
    expectProblem(await create({ ...anna, agent_id: null }), 400, 'invalid_request');
    expectProblem(await create({ ...anna, agent_id: UNKNOWN_ID }), 400, 'invalid_request');
    expect(await create({ ...anna, password: 'given by the admin' })).toMatchObject({
      status: 201,
    });
    expectProblem(await create({ ...anna, email: 'ANNA@example.com' }), 409, 'duplicate_email');
    const { agent_id } = (await asAdmin('GET', '/api/users?q=anna')).body.users[0];
    expectProblem(
      await create({ ...anna, email: 'ben@example.com', agent_id }),
      409,
      'agent_taken',
    );
  });
});

describe('users', () => {
  it('users are looked after by admins only', async () => {
    for (const role of ['agent', 'supervisor'] as const) {
      const { id, email } = await stage.addUser(role);
      const { access_token: shows } = await stage.comeIn(email);
      expectProblem(await get('/api/users', shows), 403, 'forbidden');
      const change = await stage.ask('PATCH', `/api/users/${id}`, { role: 'admin' }, { shows });
      expectProblem(change, 403, 'forbidden');
    }
    expectProblem(await asAdmin('GET', `/api/users/${UNKNOWN_ID}`), 404, 'not_found');
    expectProblem(await asAdmin('PATCH', `/api/users/${UNKNOWN_ID}`, {}), 404, 'not_found');
  });

  it('users are listed in pages', async () => {
    for (let n = 0; n < 3; n += 1) await stage.addUser('supervisor');
    const first = await asAdmin('GET', '/api/users?limit=3');
    expect(first.body).toMatchObject({ total: 4 });
    const second = await asAdmin('GET', `/api/users?limit=3&cursor=${first.body.next_cursor}`);
    expect([...first.body.users, ...second.body.users]).toHaveLength(4);
    expect(second.body.next_cursor).toBeNull();
  });

  it('users have their new role from the next request on, with the access token that they have', async () => {
    const { id, email } = await stage.addUser('supervisor');
    const { access_token: shows } = await stage.comeIn(email);
    expect(await get('/api/agents', shows)).toMatchObject({ status: 200 });
    const { body } = await asAdmin('PATCH', `/api/users/${id}`, { role: 'agent' });
    expect(body.user.agent_id).not.toBeNull();
    expectProblem(await get('/api/agents', shows), 403, 'forbidden');
    expect((await get('/api/auth/me', shows)).body.permissions).not.toContain('agents.read');
    expect(entries().at(-1)).toEqual({
      action: 'user_changed',
      of: id,
      details: {
        before: { role: 'supervisor', agent_id: null },
        after: { role: 'agent', agent_id: body.user.agent_id },
      },
    });
  });

  it('who are disabled are out at once, and their calls end', async () => {
    const { id, email, agentId } = await stage.addUser('agent');
    const { access_token: shows, refresh_token } = await stage.comeIn(email);
    const presence = () => createAgentStore(stage.db).get(agentId ?? '');
    await createAgentStore(stage.db).setPresence(agentId ?? '', 'AVAILABLE', stage.time.now());
    expect(await asAdmin('PATCH', `/api/users/${id}`, { disabled: true })).toMatchObject({
      status: 200,
    });
    expectProblem(await get('/api/auth/me', shows), 401, 'unauthorized');
    expectProblem(
      await stage.ask('POST', '/api/auth/refresh', { refresh_token }),
      401,
      'refresh_token',
    );
    expectProblem(await stage.signIn(email), 401, 'invalid_credentials');
    expect((await presence())?.presence).toBe('OFFLINE');
    await asAdmin('PATCH', `/api/users/${id}`, { disabled: false });
    // What was ended stays ended.
    expectProblem(await get('/api/auth/me', shows), 401, 'unauthorized');
    await stage.comeIn(email);
  });

  it('always have an admin among them, also when two admins demote each other at the same moment', async () => {
    expectProblem(
      await asAdmin('PATCH', `/api/users/${adminId}`, { disabled: true }),
      409,
      'last_admin',
    );
    expectProblem(
      await asAdmin('PATCH', `/api/users/${adminId}`, { role: 'agent' }),
      409,
      'last_admin',
    );
    const other = await stage.addUser('admin');
    const { access_token: shows } = await stage.comeIn(other.email);
    const answers = await Promise.all([
      asAdmin('PATCH', `/api/users/${other.id}`, { role: 'supervisor' }),
      stage.ask('PATCH', `/api/users/${adminId}`, { role: 'supervisor' }, { shows }),
    ]);
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const { rows } = await createUserStore(stage.db).list({}, { limit: 10 });
    expect(rows.filter(({ role }) => role === 'admin')).toHaveLength(1);
  });

  it('get a new password from an admin: old sign-ins end, and a wait for failures too', async () => {
    const { id, email } = await stage.addUser('supervisor');
    const { access_token: shows } = await stage.comeIn(email);
    for (let n = 0; n < 5; n += 1) await stage.signIn(email, 'forgotten');
    expectProblem(await stage.signIn(email), 429, 'rate_limited');
    const { body } = await asAdmin('POST', `/api/users/${id}/password`);
    expectProblem(await get('/api/auth/me', shows), 401, 'unauthorized');
    expectProblem(await stage.signIn(email), 401, 'invalid_credentials');
    expect((await stage.comeIn(email, body.one_time_password)).user.must_change_password).toBe(
      true,
    );
    expect(entries()).toContainEqual({
      action: 'password_changed',
      of: id,
      details: { by: 'an admin', sign_ins_ended: 1 },
    });
  });

  it('users are signed out by an admin', async () => {
    const { id, email } = await stage.addUser('supervisor');
    const { access_token: shows } = await stage.comeIn(email);
    expect((await asAdmin('POST', `/api/users/${id}/sign-out`)).status).toBe(200);
    expectProblem(await get('/api/auth/me', shows), 401, 'unauthorized');
  });

  it('who lost their phone lose the second factor by an admin, but not by themselves', async () => {
    const { id, email } = await stage.addUser('supervisor');
    const { access_token: shows } = await stage.comeIn(email);
    expectProblem(
      await asAdmin('DELETE', `/api/users/${id}/second-factor`),
      409,
      'second_factor_off',
    );
    const { body } = await stage.ask(
      'POST',
      '/api/auth/second-factor',
      { password: PASSWORD },
      { shows },
    );
    const code = codeOf(body.secret, stage.time.now());
    await stage.ask('POST', '/api/auth/second-factor/confirm', { code }, { shows });
    expectProblem(await stage.signIn(email), 401, 'second_factor_required');
    expectProblem(await asAdmin('DELETE', `/api/users/${adminId}/second-factor`), 403, 'forbidden');
    expect((await asAdmin('DELETE', `/api/users/${id}/second-factor`)).status).toBe(200);
    await stage.comeIn(email);
    expect(entries().map(({ action }) => action)).toContain('second_factor_removed');
  });
});

describe('what cannot be written into the audit log', () => {
  it('what cannot be written into the audit log is not answered as done: no token, no password, no key comes out', async () => {
    const { email } = await stage.addUser('supervisor');
    const { push } = stage.audited;
    stage.audited.push = () => {
      throw new Error('The disk is full.');
    };
    try {
      for (const answer of [
        await stage.signIn(email),
        await stage.signIn(email, 'a wrong password'),
        await create({ email: 'anna@example.com', name: 'Anna', role: 'agent' }),
        await asAdmin('POST', '/api/api-keys', { name: 'reporting', permissions: ['stats.any'] }),
        await asAdmin('POST', `/api/users/${adminId}/password`),
      ]) {
        expectProblem(answer, 503, 'not_recorded');
        expect(answer.text).not.toMatch(/disk|access_token|one_time/);
      }
    } finally {
      stage.audited.push = push;
    }
  });
});

describe('an API key', () => {
  const make = async (body: object) => asAdmin('POST', '/api/api-keys', body);
  const READS_STATS = { name: 'reporting', permissions: ['stats.any', 'calls.any'] };

  it('an API key is shown once, opens what it names and nothing else', async () => {
    const { status, body } = await make(READS_STATS);
    expect(status).toBe(201);
    expect(body.key).toMatch(/^od_[\w-]{43}$/);
    expect(body.api_key.prefix).toBe(body.key.slice(0, 9));
    expect(await get('/api/stats', body.key)).toMatchObject({ status: 200 });
    expect(await get('/api/history', body.key)).toMatchObject({ status: 200 });
    expectProblem(await get('/api/leads', body.key), 403, 'forbidden');
    expectProblem(await get('/api/auth/me', body.key), 403, 'forbidden');
    expect((await asAdmin('GET', '/api/api-keys')).text).not.toContain(body.key);
    const { rows } = await sql<{
      all: string;
    }>`select string_agg(k::text, '') as all from api_keys k`.execute(stage.db);
    expect(rows[0]?.all).not.toContain(body.key);
    expect(JSON.stringify(stage.audited)).not.toContain(body.key);
    expect(entries()[0]).toMatchObject({ action: 'api_key_created', of: body.api_key.id });
  });

  it('an API key that is wrong, revoked or over is refused', async () => {
    const { body } = await make(READS_STATS);
    expectProblem(await get('/api/stats', `${body.key.slice(0, -1)}_`), 401, 'unauthorized');
    expectProblem(await get('/api/stats', 'od_'), 401, 'unauthorized');
    expect((await asAdmin('DELETE', `/api/api-keys/${body.api_key.id}`)).status).toBe(200);
    expectProblem(await get('/api/stats', body.key), 401, 'unauthorized');
    expect(entries().at(-1)).toMatchObject({ action: 'api_key_revoked', of: body.api_key.id });

    const expires_at = new Date(stage.time.now().getTime() + MINUTE).toISOString();
    const short = await make({ ...READS_STATS, expires_at });
    expect(await get('/api/stats', short.body.key)).toMatchObject({ status: 200 });
    await stage.time.advance(MINUTE);
    expectProblem(await get('/api/stats', short.body.key), 401, 'unauthorized');
    expectProblem(
      await make({ name: 'late', permissions: ['stats.any'], expires_at }),
      400,
      'invalid_request',
    );
  });

  it('an API key tells when it was last used, to the minute', async () => {
    const { body } = await make(READS_STATS);
    const lastUsed = async () =>
      (await asAdmin('GET', '/api/api-keys')).body.api_keys[0].last_used_at;
    expect(await lastUsed()).toBeNull();
    await get('/api/stats', body.key);
    const first = await lastUsed();
    expect(first).toBe(stage.time.now().toISOString());
    await stage.time.advance(MINUTE / 2);
    await get('/api/stats', body.key);
    expect(await lastUsed()).toBe(first);
    await stage.time.advance(MINUTE / 2);
    await get('/api/stats', body.key);
    expect(await lastUsed()).toBe(stage.time.now().toISOString());
  });

  it('an API key can do no more than its maker can at that moment', async () => {
    const other = await stage.addUser('admin');
    const { access_token: shows } = await stage.comeIn(other.email);
    const wish = { name: 'all of it', permissions: ['stats.any', 'users.manage'] };
    const { key } = (await stage.ask('POST', '/api/api-keys', wish, { shows })).body;
    expect(await get('/api/users', key)).toMatchObject({ status: 200 });
    await asAdmin('PATCH', `/api/users/${other.id}`, { role: 'supervisor' });
    expectProblem(await get('/api/users', key), 403, 'forbidden');
    expect(await get('/api/stats', key)).toMatchObject({ status: 200 });
    await asAdmin('PATCH', `/api/users/${other.id}`, { disabled: true });
    expectProblem(await get('/api/stats', key), 401, 'unauthorized');
  });

  it('an API key that looks after users cannot make itself an admin, or get hold of one', async () => {
    const permissions = ['users.manage', ...ROLE_PERMISSIONS.agent];
    const { key } = (await make({ name: 'staff list', permissions })).body;
    const asProgram = (method: 'POST' | 'PATCH' | 'DELETE', url: string, body?: unknown) =>
      stage.ask(method, url, body, { shows: key });
    const wish = { email: 'mine@example.com', name: 'Mine', password: 'words of the program' };
    expectProblem(
      await asProgram('POST', '/api/users', { ...wish, role: 'admin' }),
      403,
      'forbidden',
    );
    const added = await asProgram('POST', '/api/users', { ...wish, role: 'agent' });
    expect(added.status).toBe(201);
    const mine = `/api/users/${added.body.user.id}`;
    expectProblem(await asProgram('PATCH', mine, { role: 'admin' }), 403, 'forbidden');
    expectProblem(await asProgram('POST', `/api/users/${adminId}/password`), 403, 'forbidden');
    expectProblem(await asProgram('POST', `/api/users/${adminId}/sign-out`), 403, 'forbidden');
    expectProblem(
      await asProgram('DELETE', `/api/users/${adminId}/second-factor`),
      403,
      'forbidden',
    );
    expectProblem(
      await asProgram('PATCH', `/api/users/${adminId}`, { disabled: true }),
      403,
      'forbidden',
    );
    expect(stage.audited.find(({ action }) => action === 'user_created')?.actor.kind).toBe(
      'api_key',
    );
  });

  it('an API key cannot make other keys, and is made by admins only', async () => {
    const { body } = await make({ name: 'keys', permissions: ['api_keys.manage', 'stats.any'] });
    const another = { name: 'child', permissions: ['stats.any'] };
    expectProblem(
      await stage.ask('POST', '/api/api-keys', another, { shows: body.key }),
      403,
      'forbidden',
    );
    const { email } = await stage.addUser('supervisor');
    const { access_token: shows } = await stage.comeIn(email);
    expectProblem(await stage.ask('POST', '/api/api-keys', another, { shows }), 403, 'forbidden');
    expectProblem(await make({ name: 'Keys', permissions: ['stats.any'] }), 409, 'duplicate_name');
    expectProblem(await make({ name: 'none', permissions: ['root'] }), 400, 'invalid_request');
  });
});

describe('API keys at a new password', () => {
  async function withKeys() {
    const owner = await stage.addUser('admin', 'owner@example.com');
    const shows = (await stage.comeIn(owner.email)).access_token;
    const make = async (name: string, permissions: string[]) =>
      (await stage.ask('POST', '/api/api-keys', { name, permissions }, { shows })).body;
    return { owner, shows, make };
  }

  it('API keys at a new password that the user made are listed in the answer, and go on working unless they are revoked with it', async () => {
    const { owner, make } = await withKeys();
    const key = await make('of an intruder', ['users.manage']);
    const gone = await make('revoked before', ['leads.read']);
    await asAdmin('DELETE', `/api/api-keys/${gone.api_key.id}`);
    const reset = await asAdmin('POST', `/api/users/${owner.id}/password`);
    expect(reset.body.api_keys.map(({ name }: { name: string }) => name)).toEqual([
      'of an intruder',
    ]);
    expect(reset.body.message).toContain('1 API key is still in force, made by this user.');
    expect((await get('/api/users', key.key)).status).toBe(200);

    stage.audited.length = 0;
    const wish = { revoke_api_keys: true };
    const both = await asAdmin('POST', `/api/users/${owner.id}/password`, wish);
    expect(both.body).toMatchObject({ api_keys: [] });
    expect(both.body.message).toContain('1 API key is revoked.');
    expectProblem(await get('/api/users', key.key), 401, 'unauthorized');
    expect(stage.audited.map(({ action }) => action)).toEqual([
      'password_changed',
      'api_key_revoked',
    ]);
  });

  it('API keys at a new password are not for a key to see or revoke that only manages users', async () => {
    const { make } = await withKeys();
    const { key } = await make('users only', ['users.manage']);
    const person = await stage.addUser('agent', 'agent.of.no.rights@example.com');
    const path = `/api/users/${person.id}/password`;
    const asKey = (body?: unknown) => stage.ask('POST', path, body, { shows: key });
    expectProblem(await asKey({ revoke_api_keys: true }), 403, 'forbidden');
  });

  it('API keys at a new password are revoked by another key only where it may do as much', async () => {
    const { make } = await withKeys();
    const strong = await make('strong', ['users.manage', 'leads.read']);
    const weak = await make('weak', ['api_keys.manage']);
    const asWeak = (id: string) =>
      stage.ask('DELETE', `/api/api-keys/${id}`, undefined, { shows: weak.key });
    expectProblem(await asWeak(strong.api_key.id), 403, 'forbidden');
    expect((await get('/api/users', strong.key)).status).toBe(200);
    const peer = await make('as weak', ['api_keys.manage']);
    expect((await asWeak(peer.api_key.id)).status).toBe(200);
    // Itself, whatever it may.
    expect((await asWeak(weak.api_key.id)).status).toBe(200);
  });
});
