import { createMockAircall } from '@outdial/aircall/mock';
import { createConnectionStore, createSecretStore, migrate, openDatabase } from '@outdial/postgres';
import { createTestDatabase } from '@outdial/testing/services';
import { createVirtualTime } from '@outdial/testing/virtual-time';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { createStoredCredentials, storedName } from '../../../src/connections/credentials.js';
import { moveCredentials } from '../../../src/connections/move-credentials.js';
import { createKeyring } from '../../../src/secrets/keyring.js';
import { rotateSecrets } from '../../../src/secrets/rotate.js';
import { type RunningServer, startServer, until } from '../../harness/running-server.js';
import { createStage, expectProblem } from '../../harness/stage.js';

const TOKEN = 'tok-5c1f6f0e9b-never-shown';
const AT = '/api/connections';

async function mockAccount(token = 'the-token-of-the-webhook') {
  const mock = createMockAircall({ speed: 50 });
  const { url } = await mock.start();
  onTestFinished(() => mock.close());
  const { apiId, apiToken } = mock.credentials;
  return {
    mock,
    url,
    wish: {
      integration: 'aircall',
      settings: { base_url: url },
      credentials: { api_id: apiId, api_token: apiToken, webhook_token: token },
    },
  };
}

/** Where it is about one in the afternoon now, so that a lead there may be called at any hour at which the tests run. */
function daytimeZone(): string {
  const ahead = 13 - new Date().getUTCHours();
  // The sign of these names is turned round: Etc/GMT-13 is 13 hours ahead.
  return ahead === 0 ? 'Etc/UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

/** The answer, whatever its status. */
async function ask(server: RunningServer, method: string, path: string, body?: unknown) {
  const response = await server.admin.fetch(`${server.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers are asserted field by field.
  return { status: response.status, body: (await response.json()) as any };
}

async function queueOf(server: RunningServer, name: string, phones: readonly string[]) {
  const leads = await Promise.all(
    phones.map((phone_number) =>
      server.request('POST', '/api/leads', {
        name: `${name} ${phone_number}`,
        phone_number,
        // At any hour of the day at which the tests run, it is daytime there.
        time_zone: daytimeZone(),
      }),
    ),
  );
  const { queue } = await server.request('POST', '/api/queues', {
    name,
    lead_ids: leads.map(({ lead }) => lead.id),
    // No agent has a page here.
    settings: { pause_when_away_seconds: 0 },
  });
  return queue.id as string;
}

async function agentOf(server: RunningServer, name: string, more: object = {}): Promise<string> {
  const email = `${name.toLowerCase()}@outdial.example`;
  return (await server.request('POST', '/api/agents', { name, email, ...more })).agent.id;
}

it('a phone system is connected, tested, changed, disabled and removed without a restart, and its credentials are never shown', async () => {
  const server = await startServer();
  const { integrations } = await server.request('GET', '/api/integrations');
  expect(integrations).toContainEqual(
    expect.objectContaining({ id: 'aircall', kind: 'carrier', can_be_added: true }),
  );
  expect(await server.request('GET', AT)).toMatchObject({
    connections: [{ id: 'simulator', label: 'Practice', is_practice: true, state: 'ok' }],
  });

  const { wish } = await mockAccount();
  const added = await ask(server, 'POST', AT, { ...wish, label: 'Sales' });
  expect(added).toMatchObject({
    status: 201,
    body: {
      message: 'Sales is connected.',
      connection: {
        id: 'aircall',
        label: 'Sales',
        is_practice: false,
        from_environment: false,
        enabled: true,
        settings: { requests_per_minute: 60 },
        webhook_url: expect.stringMatching(/^\/webhooks\/aircall\/.{20}/),
      },
    },
  });
  const tested = await server.request('POST', `${AT}/aircall/test`);
  expect(tested).toMatchObject({ ok: true, connection: { state: 'ok' } });
  expect(tested.connection.checked_at).not.toBeNull();

  const { version } = tested.connection;
  const wrong = await server.request('PATCH', `${AT}/aircall`, {
    version,
    credentials: { api_token: TOKEN },
  });
  expect(JSON.stringify(wrong)).not.toContain(TOKEN);
  expect(
    wrong.connection.credentials.find((each: { name: string }) => each.name === 'api_token'),
  ).toMatchObject({ set: true, source: 'stored', editable: true });
  const failing = await server.request('POST', `${AT}/aircall/test`);
  expect(failing).toMatchObject({ ok: false, connection: { state: 'problem' } });
  expect(failing.connection.problem).toBe(failing.message);
  // Two pages that were open: the one that saves later gets a conflict.
  expect(await ask(server, 'PATCH', `${AT}/aircall`, { version, label: 'Late' })).toMatchObject({
    status: 409,
    body: { code: 'version_conflict' },
  });

  const disabled = await server.request('PATCH', `${AT}/aircall`, {
    version: wrong.connection.version,
    enabled: false,
  });
  expect(disabled.connection).toMatchObject({ state: 'disabled', enabled: false });
  expect((await server.request('DELETE', `${AT}/aircall`)).message).toContain('was removed');
  expect((await server.request('GET', AT)).connections).toHaveLength(1);
  expect(await ask(server, 'GET', `${AT}/aircall`)).toMatchObject({ status: 404 });
  // An id is never given again, as the history names it.
  const again = await server.request('POST', AT, wish);
  expect(again.connection.id).toBe('aircall-2');

  const { entries } = await server.request('GET', '/api/audit?limit=50');
  const actions = entries.map(({ action }: { action: string }) => action);
  expect(actions).toEqual(
    expect.arrayContaining(['connection_added', 'connection_changed', 'connection_removed']),
  );
  const said = JSON.stringify([entries, server.logged, again, await server.text('/metrics')]);
  for (const secret of [TOKEN, wish.credentials.api_token, wish.credentials.webhook_token]) {
    expect(said).not.toContain(secret);
  }
});

it('what does not fit a connection is refused by name, and nothing is stored', async () => {
  const server = await startServer();
  const fields = ({ body }: { body: { errors?: { field: string }[] } }) =>
    (body.errors ?? []).map(({ field }) => field);
  const refused = async (wish: object) => {
    const answer = await ask(server, 'POST', AT, wish);
    expect(answer.status).toBe(400);
    return fields(answer);
  };
  expect(await refused({ integration: 'unknown' })).toEqual(['integration']);
  expect(await refused({ integration: 'simulator' })).toEqual(['integration']);
  expect(await refused({ integration: 'aircall', settings: { speed: 1 } })).toEqual([
    'settings.speed',
  ]);
  expect(await refused({ integration: 'aircall', settings: { base_url: 'file:///x' } })).toEqual([
    'settings.base_url',
  ]);
  expect(await refused({ integration: 'aircall', credentials: { password: 'x' } })).toEqual([
    'credentials.password',
  ]);
  for (const value of ['', '  ', `${TOKEN} x`, `${TOKEN}\r\nX-Evil: 1`, 'x'.repeat(3000)]) {
    const answer = await ask(server, 'POST', AT, {
      integration: 'aircall',
      credentials: { api_token: value },
    });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).not.toContain(TOKEN);
  }
  for (const [method, body] of [
    ['DELETE', undefined],
    ['PATCH', { version: 1, enabled: false }],
  ] as const) {
    expect(await ask(server, method, `${AT}/simulator`, body)).toMatchObject({
      status: 409,
      body: { code: 'set_in_environment' },
    });
  }
  expect((await server.request('GET', AT)).connections).toHaveLength(1);
});

it('a changed address takes the stored credentials with it, so that they are never sent to another host', async () => {
  const server = await startServer();
  const { wish } = await mockAccount();
  const { connection } = await server.request('POST', AT, wish);
  const moved = await server.request('PATCH', `${AT}/${connection.id}`, {
    version: connection.version,
    settings: { ...wish.settings, base_url: 'http://127.0.0.1:9' },
  });
  expect(moved.connection.credentials.map(({ set }: { set: boolean }) => set)).toEqual([
    false,
    false,
    false,
  ]);
});

it('two phone systems carry sessions at the same time, and a third is added while they run', async () => {
  const server = await startServer({ SIMULATOR_SPEED: '20' });
  const first = await mockAccount();
  await server.request('POST', AT, first.wish);
  const phones = (from: number) => [1, 2, 3].map((at) => `+1202555${from + at}`);
  const [here, there] = await Promise.all([
    queueOf(server, 'Practice calls', phones(1000)),
    queueOf(server, 'Real calls', phones(2000)),
  ]);
  await server.request('PATCH', `/api/queues/${there}`, { connection_id: 'aircall' });
  const ada = await agentOf(server, 'Ada2');
  const rosa = await agentOf(server, 'Rosa2', {
    identities: [{ connection_id: 'aircall', user_id: '456', number_id: null }],
  });
  const start = (agent_id: string, queue_id: string, more = {}) =>
    server.request('POST', '/api/dialer/sessions', { agent_id, queue_id, ...more });
  const practice = await start(ada, here, { connection_id: 'simulator', lines: 3 });
  const real = await start(rosa, there);
  expect([practice.connection_id, real.connection_id]).toEqual(['simulator', 'aircall']);

  const calls = async (id: string) =>
    (await server.request('GET', `/api/dialer/sessions/${id}`)).calls;
  await until('both ring', async () => {
    const [simulated, placed] = await Promise.all([calls(practice.id), calls(real.id)]);
    return (
      simulated.length >= 3 && placed.some((call: { dialed_at: string | null }) => call.dialed_at)
    );
  });
  expect(first.mock.control.calls().length).toBeGreaterThan(0);

  // A third one, of the same kind, while they run: the next session goes through it.
  const second = await mockAccount('another-token-of-a-webhook');
  const { connection } = await server.request('POST', AT, { ...second.wish, label: 'Second' });
  expect(connection.id).toBe('aircall-2');
  const eve = await agentOf(server, 'Eve2', {
    identities: [{ connection_id: 'aircall-2', user_id: '456', number_id: null }],
  });
  const more = await queueOf(server, 'More calls', phones(3000));
  // Two real ones and no choice: that is for a person to say.
  const unclear = await ask(server, 'POST', '/api/dialer/sessions', {
    agent_id: eve,
    queue_id: more,
  });
  expect(unclear).toMatchObject({ status: 409, body: { code: 'connection_unavailable' } });
  await server.request('PATCH', `/api/agents/${eve}`, { connection_id: 'aircall-2' });
  const third = await start(eve, more);
  expect(third.connection_id).toBe('aircall-2');
  await until('the third rings', async () => second.mock.control.calls().length > 0);

  // While calls go through it, it is not removed; disabling pauses its session, and no other takes its calls.
  expect(await ask(server, 'DELETE', `${AT}/aircall-2`)).toMatchObject({
    status: 409,
    body: { code: 'connection_in_use' },
  });
  await server.request('PATCH', `${AT}/aircall-2`, {
    version: connection.version,
    enabled: false,
  });
  await until('its session is paused', async () => {
    const seen = await server.request('GET', `/api/dialer/sessions/${third.id}`);
    return seen.status === 'PAUSED' && seen.reason === 'connection_unavailable';
  });
  expect((await server.request('GET', `/api/dialer/sessions/${real.id}`)).status).toBe('RUNNING');
});

it('an environment connects a phone system headless, wins over what is stored, and is not removed from here', async () => {
  const { mock, url } = await mockAccount();
  const server = await startServer({
    TELEPHONY: 'aircall',
    AIRCALL_BASE_URL: url,
    AIRCALL_WEBHOOK_TOKEN: 'a-token-that-an-admin-registered',
  });
  const found = await server.request('GET', `${AT}/aircall`);
  expect(found).toMatchObject({
    from_environment: true,
    is_default: true,
    state: 'problem',
    problem: expect.stringContaining('API token is missing'),
    settings_from_environment: [{ name: 'base_url', environment_variable: 'AIRCALL_BASE_URL' }],
  });
  expect(
    found.credentials.find((each: { name: string }) => each.name === 'webhook_token'),
  ).toMatchObject({ set: true, source: 'environment', editable: false });
  for (const body of [
    { version: 1, enabled: false },
    { version: 1, credentials: { webhook_token: 'mine' } },
    { version: 1, settings: { base_url: 'http://127.0.0.1:9' } },
  ]) {
    expect(await ask(server, 'PATCH', `${AT}/aircall`, body)).toMatchObject({
      status: 409,
      body: { code: 'set_in_environment' },
    });
  }
  expect(await ask(server, 'DELETE', `${AT}/aircall`)).toMatchObject({ status: 409 });

  const telephony = async () => (await server.request('GET', '/readyz')).dependencies.telephony;
  expect(await telephony()).toMatchObject({
    status: 'degraded',
    detail: expect.stringContaining('API token is missing'),
  });
  const { apiId, apiToken } = mock.credentials;
  await server.request('PATCH', `${AT}/aircall`, {
    version: found.version,
    credentials: { api_id: apiId, api_token: apiToken },
  });
  await until('Aircall takes them', async () => (await telephony()).status === 'ok');
  const said = [
    JSON.stringify(server.logged),
    await server.text('/metrics'),
    await server.text('/readyz'),
    JSON.stringify(await server.request('GET', AT)),
    JSON.stringify(await server.request('GET', `${AT}/aircall`)),
    JSON.stringify(await server.request('GET', '/api/audit?limit=100')),
  ].join('\n');
  const header = Buffer.from(`${apiId}:${apiToken}`).toString('base64');
  for (const secret of [apiToken, header, 'a-token-that-an-admin-registered']) {
    expect(said).not.toContain(secret);
  }
});

it('a copy of an installation that is started for practice only opens no real connection, and says so', async () => {
  const { url } = await mockAccount();
  const server = await startServer({
    TELEPHONY: 'aircall',
    AIRCALL_BASE_URL: url,
    PRACTICE_ONLY: 'true',
  });
  expect(await server.request('GET', `${AT}/aircall`)).toMatchObject({
    state: 'problem',
    problem: expect.stringContaining('PRACTICE_ONLY'),
  });
  const queue_id = await queueOf(server, 'On a copy', ['+12025554001']);
  const agent_id = await agentOf(server, 'Ida2');
  expect(await ask(server, 'POST', '/api/dialer/sessions', { agent_id, queue_id })).toMatchObject({
    status: 409,
    body: { code: 'connection_unavailable' },
  });
});

it('what is missing is said when a session starts, and not only when every call fails', async () => {
  const missing = 'Aircall’s API token is missing, so no call can be placed.';
  const other = await createStage({ missingCredentials: missing });
  onTestFinished(() => other.close());
  const agent_id = await other.addAgent('Hera');
  const { id } = await other.addLead();
  const started = await other.request('POST', '/api/dialer/sessions', {
    agent_id,
    lead_ids: [id],
  });
  expect(expectProblem(started, 503, 'provider_unavailable').detail).toBe(missing);
});

const FIELDS = [
  { name: 'api_token', label: 'API token', description: '', secret: true, group: 'key' },
];

async function openedDatabase() {
  const database = await createTestDatabase();
  const opened = await openDatabase({ url: database.url });
  onTestFinished(async () => {
    await opened.close();
    await database.drop();
  });
  await migrate(opened.db);
  return opened.db;
}

it('a credential that is entered on one node counts on both within seconds, and survives a change of the secret key', async () => {
  const db = await openedDatabase();
  const time = createVirtualTime(new Date('2026-11-20T15:00:00.000Z'));
  const keyring = createKeyring('the key that both nodes have, long enough');
  const node = () => {
    const stored = createStoredCredentials({
      store: createSecretStore(db),
      keyring,
      clock: time,
    });
    const own = stored.of({ connectionId: 'aircall', fields: FIELDS, environment: null });
    return { stored, own };
  };
  const [one, other] = [node(), node()];
  let heard = 0;
  one.stored.onChange(() => {
    heard += 1;
  });
  expect([await one.own.value('api_token'), await other.own.value('api_token')]).toEqual([
    null,
    null,
  ]);
  await createSecretStore(db).put(one.own.seal('api_token', TOKEN), {
    userId: null,
    now: time.now(),
  });
  await one.stored.readAgain();
  expect(heard).toBe(1);
  expect(await one.own.value('api_token')).toBe(TOKEN);
  expect(await other.own.value('api_token')).toBe(null);
  await time.advance(3_000);
  expect(await other.own.value('api_token')).toBe(TOKEN);

  // Sealed with a key that this node does not have yet: it goes on with what it knew.
  const newer = createKeyring('the key of tomorrow, which is long enough', [
    'the key that both nodes have, long enough',
  ]);
  expect(await rotateSecrets(db, newer)).toMatchObject({ resealed: 1 });
  await time.advance(3_000);
  expect(await other.own.value('api_token')).toBe(TOKEN);

  // One that only an unknown key opens is reported, not passed over.
  const stranger = createKeyring('a key that was lost long ago, long enough');
  const name = storedName('aircall', 'api_token');
  await createSecretStore(db).put(
    { name, sealed: stranger.seal('x', name), keyId: stranger.keyId },
    { userId: null, now: time.now() },
  );
  await time.advance(3_000);
  await expect(other.own.value('api_token')).rejects.toThrow(/SECRET_KEY_PREVIOUS/);
  expect((await other.own.list())[0]?.problem).toMatch(/SECRET_KEY/);
});

it('credentials that an earlier release stored belong to the connection, also when two nodes move them at once', async () => {
  const db = await openedDatabase();
  const time = createVirtualTime(new Date('2026-11-20T15:00:00.000Z'));
  const keyring = createKeyring('the key that both nodes have, long enough');
  const store = createSecretStore(db);
  const former = 'credentials.aircall_api_token';
  await store.put(
    { name: former, sealed: keyring.seal(TOKEN, former), keyId: keyring.keyId },
    { userId: null, now: time.now() },
  );
  const log = { warn: () => undefined };
  await Promise.all([1, 2].map(() => moveCredentials({ store, keyring }, time, log)));
  await moveCredentials({ store, keyring }, time, log);
  const credentials = createStoredCredentials({ store, keyring, clock: time });
  const own = credentials.of({ connectionId: 'aircall', fields: FIELDS, environment: null });
  expect(await own.value('api_token')).toBe(TOKEN);
  expect((await store.list()).map(({ name }) => name)).toEqual([
    storedName('aircall', 'api_token'),
  ]);
});

it('of two who add or change a connection at once each gets an own id, and one of the changes', async () => {
  const db = await openedDatabase();
  const store = createConnectionStore(db);
  const now = new Date('2026-11-20T15:00:00.000Z');
  const wish = { integration: 'aircall', label: 'Aircall', settings: {}, enabled: true };
  const added = await Promise.all([1, 2, 3].map(() => store.create(wish, now)));
  expect(added.map(({ id }) => id).sort()).toEqual(['aircall', 'aircall-2', 'aircall-3']);
  const changed = await Promise.all(
    ['One', 'Two'].map((label) => store.patch('aircall', { label }, 1, now)),
  );
  expect(changed.map(({ kind }) => kind).sort()).toEqual(['changed', 'conflict']);
  expect(await store.remove('aircall-2', now)).toEqual({ kind: 'removed' });
  expect(await store.remove('aircall-2', now)).toEqual({ kind: 'not_found' });
  expect((await store.create(wish, now)).id).toBe('aircall-4');
  // The environment puts its own connection back.
  await store.remove('aircall', now);
  await store.ensure(
    [{ id: 'aircall', integration: 'aircall', label: 'Aircall', practice: false }],
    now,
  );
  expect(await store.get('aircall')).toMatchObject({ removedAt: null, enabled: true });
  const { rows } = await sql<{ n: number }>`select count(*)::integer as n from connections`.execute(
    db,
  );
  // With Practice, which every database has.
  expect(rows).toEqual([{ n: 5 }]);
});

it('practice calls are left out of statistics once a real phone system is connected, unless asked for', async () => {
  const server = await startServer();
  expect((await server.request('GET', '/api/stats')).practice).toBe('include');
  const { wish } = await mockAccount();
  await server.request('POST', AT, wish);
  expect((await server.request('GET', '/api/stats')).practice).toBe('exclude');
  expect((await server.request('GET', '/api/stats?practice=only')).practice).toBe('only');
});
