import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMockAircall } from '@outdial/aircall/mock';
import { createSecretStore, migrate, openDatabase } from '@outdial/postgres';
import { createTestDatabase } from '@outdial/testing/services';
import { createVirtualTime } from '@outdial/testing/virtual-time';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createCredentials } from '../src/secrets/credentials.js';
import { createKeyring } from '../src/secrets/keyring.js';
import { rotateSecrets } from '../src/secrets/rotate.js';
import { totpBoundTo } from '../src/secrets/seal-contexts.js';
import { listSealed } from '../src/secrets/sealed.js';
import {
  BadKeyFile,
  keysInFile,
  readSecretKeys,
  writeKeyFile,
} from '../src/secrets/secret-keys.js';
import { openServer, until } from './running-server.js';
import { createStage, expectProblem, type Stage } from './stage.js';

const ADMIN_OF_STAGE = '0191f000-0000-7000-8000-000000000001';
const TOKEN = 'tok-5c1f6f0e9b-never-shown';

describe('credentials', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage({ environment: { aircall_webhook_token: 'from-the-environment' } });
    await addUser(stage.db, ADMIN_OF_STAGE);
  });
  afterAll(() => stage.close());

  const listed = async (name: string) => {
    const { body, text } = await stage.request('GET', '/api/credentials');
    expect(text).not.toContain(TOKEN);
    return body.credentials.find((each: { name: string }) => each.name === name);
  };

  it('are set, listed as set, replaced and removed, and are never in an answer', async () => {
    expect(await listed('aircall_api_token')).toMatchObject({ set: false, source: null });
    for (const value of [`${TOKEN}-1`, TOKEN]) {
      const { status, text } = await stage.request('PUT', '/api/credentials/aircall_api_token', {
        value,
      });
      expect(status).toBe(200);
      expect(text).not.toContain(TOKEN);
      // Calls go through the simulator here, which asks for none.
      expect(text).not.toContain('It is used');
    }
    expect(await listed('aircall_api_token')).toMatchObject({
      set: true,
      source: 'stored',
      editable: true,
      updated_at: stage.time.now().toISOString(),
      updated_by: { id: ADMIN_OF_STAGE, name: 'Ada' },
    });
    const removed = await stage.request('DELETE', '/api/credentials/aircall_api_token');
    expect(removed.status).toBe(200);
    expect(await listed('aircall_api_token')).toMatchObject({ set: false });
    expectProblem(
      await stage.request('DELETE', '/api/credentials/aircall_api_token'),
      404,
      'not_found',
    );
    expect(stage.audited.map(({ action }) => action)).toEqual([
      'credentials_set',
      'credentials_set',
      'credentials_removed',
    ]);
  });

  it('of the environment win, and are not changed from here', async () => {
    expect(await listed('aircall_webhook_token')).toMatchObject({
      set: true,
      source: 'environment',
      editable: false,
      environment_variable: 'AIRCALL_WEBHOOK_TOKEN',
    });
    const path = '/api/credentials/aircall_webhook_token';
    expectProblem(await stage.request('PUT', path, { value: 'mine' }), 409, 'set_in_environment');
    expectProblem(await stage.request('DELETE', path), 409, 'set_in_environment');
  });

  it('that the program does not use do not exist, and odd values are refused unread', async () => {
    expectProblem(
      await stage.request('PUT', '/api/credentials/internal.audit', { value: 'x' }),
      400,
      'invalid_request',
    );
    expectProblem(
      await stage.request('DELETE', '/api/credentials/internal.audit'),
      400,
      'invalid_request',
    );
    for (const value of [
      '',
      '  ',
      `${TOKEN} with spaces`,
      `${TOKEN}\r\nX-Evil: 1`,
      'x'.repeat(3000),
      `${TOKEN}é`,
    ]) {
      const answer = await stage.request('PUT', '/api/credentials/aircall_api_id', { value });
      expectProblem(answer, 400, 'invalid_request');
      expect(answer.text).not.toContain(TOKEN);
    }
    const broken = await stage.request(
      'PUT',
      '/api/credentials/aircall_api_id',
      `{"value": "${TOKEN}"`,
      {
        'content-type': 'application/json',
      },
    );
    expectProblem(broken, 400, 'invalid_request');
    expect(broken.text).not.toContain(TOKEN);
  });

  it('are nowhere in the log, the audit log or the database', async () => {
    await stage.request('PUT', '/api/credentials/aircall_api_token', { value: TOKEN });
    expect(JSON.stringify(stage.logged)).not.toContain(TOKEN);
    expect(JSON.stringify(stage.audited)).not.toContain(TOKEN);
    const { rows } = await sql<{
      row: string;
    }>`select to_jsonb(s)::text as row from secrets s`.execute(stage.db);
    const stored = rows.map(({ row }) => row).join('\n');
    expect(stored).toContain('credentials.aircall_api_token');
    for (const spelling of ['utf8', 'base64', 'hex'] as const) {
      expect(stored).not.toContain(Buffer.from(TOKEN).toString(spelling).replace(/=+$/, ''));
    }
  });

  it('that are missing are told when somebody starts dialing, and not only when every call fails', async () => {
    const missing = 'Aircall’s API token is missing, so no call can be placed.';
    const other = await createStage({ missingCredentials: missing });
    try {
      const agent_id = await other.addAgent('Hera');
      const { id } = await other.addLead();
      const started = await other.request('POST', '/api/dialer/sessions', {
        agent_id,
        lead_ids: [id],
      });
      expect(expectProblem(started, 503, 'provider_unavailable').detail).toBe(missing);
      expect((await other.request('GET', '/api/credentials')).body.problem).toBe(missing);
    } finally {
      await other.close();
    }
  });
});

it('an office enters its Aircall key on one node, and both nodes place calls with it, without a restart', async () => {
  const database = await createTestDatabase();
  const opened = await openDatabase({ url: database.url });
  onTestFinished(async () => {
    await opened.close();
    await database.drop();
  });
  await migrate(opened.db);
  const time = createVirtualTime(new Date('2026-11-20T15:00:00.000Z'));
  const node = () =>
    createCredentials({
      store: createSecretStore(opened.db),
      keyring: createKeyring('the key that both nodes have, long enough'),
      environment: {},
      clock: time,
    });
  const [one, other] = [node(), node()];
  let heard = 0;
  one.onChange(() => {
    heard += 1;
  });
  expect([await one.value('aircall_api_token'), await other.value('aircall_api_token')]).toEqual([
    null,
    null,
  ]);

  expect(await one.set('aircall_api_token', TOKEN, null)).toBe(true);
  expect(heard).toBe(1);
  expect(await one.value('aircall_api_token')).toBe(TOKEN);
  expect(await other.value('aircall_api_token')).toBe(null);
  await time.advance(3_000);
  expect(await other.value('aircall_api_token')).toBe(TOKEN);
  expect(other.known('aircall_api_token')).toBe(TOKEN);

  // Sealed anew with a key that this node does not have yet: it goes on with what it knew.
  const newer = createKeyring('the key of tomorrow, which is long enough', [
    'the key that both nodes have, long enough',
  ]);
  expect(await rotateSecrets(opened.db, newer)).toMatchObject({ resealed: 1 });
  await time.advance(3_000);
  expect(await other.value('aircall_api_token')).toBe(TOKEN);

  // One that only an unknown key opens is told, not passed over.
  const stranger = createKeyring('a key that nobody has any more, long enough');
  const name = 'credentials.aircall_api_token';
  await createSecretStore(opened.db).put(
    { name, sealed: stranger.seal('x', name), keyId: stranger.keyId },
    { userId: null, now: time.now() },
  );
  await time.advance(3_000);
  await expect(other.value('aircall_api_token')).rejects.toThrow(/SECRET_KEY_PREVIOUS/);
  expect((await other.list()).find((each) => each.name === 'aircall_api_token')?.trouble).toMatch(
    /SECRET_KEY/,
  );
});

it('a server for Aircall starts without credentials, says so, and goes on once they are entered', async () => {
  const mock = createMockAircall();
  const { url } = await mock.start();
  onTestFinished(() => mock.close());
  const server = await openServer({
    TELEPHONY: 'aircall',
    AIRCALL_BASE_URL: url,
    AIRCALL_WEBHOOK_TOKEN: 'somebody-registered-it',
  });
  onTestFinished(() => server.close());
  const telephony = async () => (await server.request('GET', '/readyz')).dependencies.telephony;
  expect(await telephony()).toMatchObject({
    status: 'degraded',
    detail: expect.stringContaining('API token is missing'),
  });
  expect(JSON.stringify(server.logged)).toContain('calls cannot be placed yet');

  const { apiId, apiToken } = mock.credentials;
  const half = await server.request('PUT', '/api/credentials/aircall_api_id', { value: apiId });
  expect(half.message).toBe('Aircall API id is stored.');
  const whole = await server.request('PUT', '/api/credentials/aircall_api_token', {
    value: apiToken,
  });
  expect(whole.message).toBe('Aircall API token is stored. It is used within seconds.');
  await until('Aircall takes them', async () => (await telephony()).status === 'ok');

  // Whatever is said aloud, none of it is a credential.
  const said = [
    JSON.stringify(server.logged),
    await server.text('/metrics'),
    await server.text('/readyz'),
    JSON.stringify(await server.request('GET', '/api/credentials')),
    JSON.stringify(await server.request('GET', '/api/config')),
    JSON.stringify(await server.request('GET', '/api/audit?limit=100')),
  ].join('\n');
  const header = Buffer.from(`${apiId}:${apiToken}`).toString('base64');
  for (const secret of [apiToken, header, 'somebody-registered-it'])
    expect(said).not.toContain(secret);
});

describe('changing the secret key', () => {
  const OLD = createKeyring('the key of last year, which is long enough');
  const CURRENT = 'the key of this year, which is long enough';
  const BOTH = createKeyring(CURRENT, ['the key of last year, which is long enough']);
  const NEW = createKeyring(CURRENT);

  async function sealedDatabase() {
    const database = await createTestDatabase();
    const opened = await openDatabase({ url: database.url });
    onTestFinished(async () => {
      await opened.close();
      await database.drop();
    });
    const { db } = opened;
    await migrate(db);
    const store = createSecretStore(db);
    for (const name of ['credentials.aircall_api_token', 'internal.lookup', 'internal.audit']) {
      const sealed = OLD.seal(`the value of ${name}`, name);
      await store.put({ name, sealed, keyId: OLD.keyId }, { userId: null, now: new Date(0) });
    }
    await addUser(db, ADMIN_OF_STAGE, OLD.seal('JBSWY3DPEHPK3PXP', totpBoundTo(ADMIN_OF_STAGE)));
    return db;
  }
  const openedWith = async (keyring: typeof NEW, db: Awaited<ReturnType<typeof sealedDatabase>>) =>
    (await listSealed(db)).map(({ text, boundTo }) => keyring.open(text, boundTo));

  it('seals everything anew, and does nothing the second time', async () => {
    const db = await sealedDatabase();
    expect(await rotateSecrets(db, BOTH)).toEqual({ resealed: 4, already: 0, closed: [] });
    expect(await openedWith(NEW, db)).toEqual([
      'the value of credentials.aircall_api_token',
      'the value of internal.audit',
      'the value of internal.lookup',
      'JBSWY3DPEHPK3PXP',
    ]);
    expect(await rotateSecrets(db, BOTH)).toEqual({ resealed: 0, already: 4, closed: [] });
    const { rows } = await sql<{ key_id: string }>`select distinct key_id from secrets`.execute(db);
    expect(rows).toEqual([{ key_id: NEW.keyId }]);
  });

  it('that was cut short leaves everything readable, and is gone on with', async () => {
    const db = await sealedDatabase();
    const [first] = await listSealed(db);
    if (first === undefined) throw new Error('Nothing is sealed.');
    await first.reseal(BOTH.seal(BOTH.open(first.text, first.boundTo), first.boundTo), BOTH.keyId);
    expect(await openedWith(BOTH, db)).toHaveLength(4);
    expect(await rotateSecrets(db, BOTH)).toMatchObject({ resealed: 3, already: 1 });
  });

  it('twice at once, and beside somebody who enters a new credential, loses nothing', async () => {
    const db = await sealedDatabase();
    const name = 'credentials.aircall_api_token';
    const put = createSecretStore(db).put(
      { name, sealed: BOTH.seal('entered meanwhile', name), keyId: BOTH.keyId },
      { userId: null, now: new Date(1) },
    );
    await Promise.all([rotateSecrets(db, BOTH), rotateSecrets(db, BOTH), put]);
    expect(await openedWith(NEW, db)).toContain('entered meanwhile');
  });

  it('names what it cannot open, and leaves it as it is', async () => {
    const db = await sealedDatabase();
    const rotated = await rotateSecrets(db, NEW);
    expect(rotated).toMatchObject({ resealed: 0, already: 0 });
    expect(rotated.closed).toHaveLength(4);
    expect(await openedWith(OLD, db)).toHaveLength(4);
  });
});

describe('the key of the embedded database', () => {
  async function folder(): Promise<string> {
    const dataDir = await mkdtemp(join(tmpdir(), 'outdial-key-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    return dataDir;
  }
  const config = (dataDir: string, secretKey: string | null = null) => ({
    secretKey,
    previousSecretKeys: [],
    database: { kind: 'embedded', dataDir } as const,
  });

  it('is made once, also by two starts at the same moment, and read by nobody but its owner', async () => {
    const dataDir = await folder();
    const made = await Promise.all([1, 2, 3].map(() => readSecretKeys(config(dataDir))));
    expect(new Set(made.map(({ current }) => current)).size).toBe(1);
    expect((await readSecretKeys(config(dataDir))).current).toBe(made[0]?.current);
    expect((await stat(join(dataDir, 'secret.key'))).mode & 0o077).toBe(0);
  });

  it('still opens what it sealed once SECRET_KEY is set', async () => {
    const dataDir = await folder();
    const { current } = await readSecretKeys(config(dataDir));
    const own = 'a key of our own, which is long enough for it';
    expect(await readSecretKeys(config(dataDir, own))).toEqual({
      current: own,
      previous: [current],
    });
  });

  it('has both keys in its file while they are changed', async () => {
    const dataDir = await folder();
    const [current, old] = ['n'.repeat(64), 'o'.repeat(64)];
    await writeKeyFile(dataDir, [current, old]);
    expect(await readSecretKeys(config(dataDir))).toEqual({ current, previous: [old] });
    expect(await keysInFile(dataDir)).toEqual([current, old]);
    expect(await readFile(join(dataDir, 'secret.key'), 'utf8')).toBe(`${current}\n${old}\n`);
  });

  it.each([
    ['empty', ''],
    ['nothing but line ends', '\n\n'],
    ['cut short', 'a1b2c3'],
  ])(
    'that is %s is refused with what to do, and never made anew over it',
    async (_what, content) => {
      const dataDir = await folder();
      const path = join(dataDir, 'secret.key');
      await writeFile(path, content);
      const refused = readSecretKeys(config(dataDir));
      await expect(refused).rejects.toThrow(BadKeyFile);
      await expect(refused).rejects.toThrow(path);
      await expect(refused).rejects.toThrow('Put it back from a backup');
      expect(await readFile(path, 'utf8')).toBe(content);
    },
  );
});

async function addUser(db: Stage['db'], id: string, totp: string | null = null): Promise<void> {
  await db
    .insertInto('users')
    .values({
      id,
      email: `${id}@example.com`,
      name: 'Ada',
      role: 'admin',
      agent_id: null,
      password_hash: 'none',
      totp_secret: totp,
      created_at: new Date(0),
    } as never)
    .execute();
}
