import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMockAircall } from '@outdial/aircall/mock';
import type { ZoneOffsets } from '@outdial/core';
import { createSecretStore, joinDatabase, migrate, openDatabase } from '@outdial/postgres';
import { createTestDatabase, startRedis, testRedis } from '@outdial/testing/services';
import { ACCOUNTS_ENV } from '@outdial/testing/sign-in';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkNode } from '../../src/doctor/check-program.js';
import { checkZoneData } from '../../src/doctor/check-zone-data.js';
import { type Diagnosis, diagnose } from '../../src/doctor/diagnose.js';
import { reportOf } from '../../src/doctor/report.js';
import { createKeyring } from '../../src/secrets/keyring.js';
import { startServer } from '../harness/running-server.js';

const ENGINE = { running: '20.19.1', wanted: '>=20.19.0' };
const examine = (environment: Record<string, string>): Promise<Diagnosis> =>
  diagnose({ PORT: '0', SECRET_KEY: ACCOUNTS_ENV.SECRET_KEY, ...environment }, ENGINE);
const on = ({ findings }: Diagnosis, thing: string) =>
  findings.filter(({ about }) => about === thing);

async function folderForThisTest(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'outdial-doctor-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function databaseForThisTest({ migrated = true } = {}): Promise<string> {
  const { url, drop } = await createTestDatabase();
  onTestFinished(drop);
  if (migrated) await onDatabase(url, ({ db }) => migrate(db));
  return url;
}

async function onDatabase<T>(
  url: string,
  work: (database: Awaited<ReturnType<typeof openDatabase>>) => Promise<T>,
): Promise<T> {
  const database = await openDatabase({ url, poolSize: 1 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

describe('the doctor', () => {
  it('the doctor has nothing to complain of where everything is in order', async () => {
    const environment = { DATABASE_URL: await databaseForThisTest(), REDIS_URL: testRedis().url };
    const diagnosis = await examine(environment);
    expect(diagnosis.findings.filter(({ state }) => state === 'problem')).toEqual([]);
    expect(diagnosis.ok).toBe(true);
    expect(on(diagnosis, 'database')[0]?.says).toMatch(/^PostgreSQL \d+ at 127\.0\.0\.1:\d+/);
    expect(on(diagnosis, 'migrations')).toMatchObject([{ state: 'ok', says: 'up to date' }]);
    expect(on(diagnosis, 'clock')[0]?.state).toBe('ok');
    // No password stands on anybody's screen.
    for (const url of Object.values(environment)) {
      expect(JSON.stringify(diagnosis)).not.toContain(new URL(url).password);
    }
  });

  it('the doctor tells all that is wrong with the configuration at once', async () => {
    const diagnosis = await examine({ PORT: 'many', REDIS_URL: 'redis://localhost', ROLE: 'boss' });
    expect(on(diagnosis, 'configuration')).toHaveLength(3);
    expect(diagnosis.ok).toBe(false);
  });

  it('the doctor knows a Node.js that is too old, and one that gets no fixes', () => {
    const state = (version: string) => checkNode(version, '>=20.19.0', '2026-11-30').state;
    expect(state('20.18.3')).toBe('problem');
    expect(state('18.20.0')).toBe('problem');
    expect(state('20.19.0')).toBe('warning');
    expect(state('22.1.0')).toBe('warning');
    expect(state('24.22.3')).toBe('ok');
    expect(checkNode('20.19.0', '>=20.19.0', '2026-11-30')).toMatchObject({
      says: '20.19.0: Node.js 20 gets no security fixes since 2026-04-30.',
    });
  });

  it('the doctor says what to do about each problem', async () => {
    const diagnosis = await examine({
      DATABASE_URL: 'postgres://user:secret@127.0.0.1:9/outdial',
      REDIS_URL: 'redis://127.0.0.1:9',
    });
    const problems = diagnosis.findings.filter(({ state }) => state === 'problem');
    expect(problems.map(({ about }) => about)).toEqual(['database', 'Redis']);
    for (const { fix } of problems) expect(fix).toMatch(/\.$/);
    const report = reportOf(diagnosis);
    expect(report).toContain('2 problems.');
    expect(report).toContain('→ Start the PostgreSQL server');
    expect(report).not.toContain(':secret@');
  });
});

describe('the doctor looks at the database', () => {
  it('the doctor looks at the database and names the migrations that the next start will apply', async () => {
    const diagnosis = await examine({
      DATABASE_URL: await databaseForThisTest({ migrated: false }),
    });
    expect(on(diagnosis, 'migrations')).toMatchObject([
      { state: 'warning', says: expect.stringContaining('0001_initial.sql') },
    ]);
    expect(diagnosis.ok).toBe(true);
  });

  it('the doctor sees that a newer release used the database, or that a released migration was edited', async () => {
    const url = await databaseForThisTest();
    await onDatabase(url, async ({ db }) => {
      await db
        .insertInto('schema_migrations')
        .values({ number: 9999, name: '9999_future.sql', checksum: 'x' })
        .execute();
      await db
        .updateTable('schema_migrations')
        .set({ checksum: 'x' })
        .where('number', '=', 1)
        .execute();
    });
    const diagnosis = await examine({ DATABASE_URL: url });
    expect(on(diagnosis, 'migrations').map(({ state, says }) => `${state} ${says}`)).toEqual([
      'problem changed after they had been applied: 0001_initial.sql',
      'warning applied by a newer release: 9999_future.sql',
    ]);
  });

  it('the doctor looks at the database and says which nodes are there, and whether one more would be let in', async () => {
    const url = await databaseForThisTest();
    const redis = testRedis().url;
    const lost = () => undefined;
    const alone = await joinDatabase(url, 'exclusive', lost);
    const nodes = async (more: Record<string, string> = {}) =>
      on(await examine({ DATABASE_URL: url, ...more }), 'nodes')[0]?.state;
    expect(await nodes()).toBe('ok');
    expect(await nodes({ REDIS_URL: redis })).toBe('problem');
    await alone.leave();
    const together = await joinDatabase(url, 'shared', lost);
    expect(await nodes()).toBe('problem');
    expect(await nodes({ REDIS_URL: redis })).toBe('ok');
    await together.leave();
  });

  it('the doctor looks at the database but not into the folder of a server that runs: it asks that server instead', async () => {
    const dataDir = await folderForThisTest();
    const server = await startServer({ DATA_DIR: dataDir });
    const { port } = new URL(server.url);
    const during = await examine({ DATA_DIR: dataDir, PORT: port });
    expect(on(during, 'database')[0]?.says).toContain(`in use by process ${process.pid}`);
    expect(on(during, 'port')[0]?.says).toContain('Outdial 1.2.3 is running');
    expect(on(during, 'server: database')).toMatchObject([{ state: 'ok', says: 'ok (embedded)' }]);
    expect(during.ok).toBe(true);

    // The server has not noticed.
    await server.request('GET', '/api/leads');
    await server.close();
    const after = await examine({ DATA_DIR: dataDir, PORT: port });
    expect(on(after, 'migrations')).toMatchObject([{ state: 'ok' }]);
    expect(on(after, 'port')[0]?.says).toContain('is free');
  });
});

describe('the doctor looks at what is around', () => {
  it('the doctor looks at what is around and sees that another program has the port', async () => {
    const other = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      socket.end('SSH-2.0\r\n');
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const dataDir = await folderForThisTest();
    const diagnosis = await examine({ PORT: String(port), DATA_DIR: dataDir });
    expect(on(diagnosis, 'port')).toMatchObject([
      { state: 'problem', says: `127.0.0.1:${port} is in use by another program` },
    ]);
  });

  it('the doctor looks at what is around and refuses a Redis that would throw waiting jobs away', async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const redis = new Redis(server.url);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const environment = { DATABASE_URL: await databaseForThisTest(), REDIS_URL: server.url };
    const memory = async () => on(await examine(environment), 'Redis memory')[0]?.state;
    expect(await memory()).toBe('warning');
    await redis.config('SET', 'maxmemory', '100mb');
    expect(await memory()).toBe('problem');
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    expect(await memory()).toBe('ok');
    redis.disconnect();
  });

  it('the doctor looks at what is around and finds out whether Aircall knows us and will tell us what happens', async () => {
    const mock = createMockAircall();
    const { url } = await mock.start();
    onTestFinished(() => mock.close());
    const publicUrl = 'http://127.0.0.1:9';
    const environment = {
      DATA_DIR: await folderForThisTest(),
      TELEPHONY: 'aircall',
      AIRCALL_BASE_URL: url,
      AIRCALL_API_ID: mock.credentials.apiId,
      AIRCALL_API_TOKEN: mock.credentials.apiToken,
      PUBLIC_URL: publicUrl,
    };
    const authorization = `Basic ${Buffer.from(`${mock.credentials.apiId}:${mock.credentials.apiToken}`).toString('base64')}`;
    const register = (body: object, method = 'POST', id = '') =>
      fetch(`${url}/v1/webhooks${id}`, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).then(async (answer) => {
        const text = await answer.text();
        return JSON.parse(text || '{}') as { webhook: { webhook_id: string } };
      });

    const nothing = await examine(environment);
    expect(on(nothing, 'provider (Aircall)')[0]?.state).toBe('ok');
    expect(on(nothing, 'webhook (Aircall)')[0]?.says).toContain('is not registered');
    expect(on(nothing, 'public address')[0]?.says).toContain('cannot be reached');

    const before = await register({
      url: `${publicUrl}/webhooks/aircall`,
      custom_name: 'Outdial',
      events: ['call.created'],
    });
    expect(on(await examine(environment), 'webhook (Aircall)')[0]?.says).toContain('secret part');
    await register({}, 'DELETE', `/${before.webhook.webhook_id}`);

    const hook = `${publicUrl}/webhooks/aircall/a-part-that-cannot-be-guessed`;
    const { webhook } = await register({
      url: hook,
      custom_name: 'Outdial',
      events: ['call.created'],
    });
    expect(on(await examine(environment), 'webhook (Aircall)')[0]?.says).toContain(
      'does not tell of',
    );
    await register({ url: hook, active: false }, 'PUT', `/${webhook.webhook_id}`);
    expect(on(await examine(environment), 'webhook (Aircall)')[0]).toMatchObject({
      state: 'problem',
    });

    const stranger = await examine({ ...environment, AIRCALL_API_TOKEN: 'wrong' });
    expect(on(stranger, 'provider (Aircall)')[0]).toMatchObject({
      state: 'problem',
      says: expect.stringContaining('does not accept our credentials'),
    });
    expect(JSON.stringify(stranger)).not.toContain(mock.credentials.apiId);
  });

  it('the doctor looks at what is around says when SECRET_KEY is not the one that the credentials were sealed with', async () => {
    const DATABASE_URL = await databaseForThisTest();
    const name = 'connections.aircall.api_token';
    const old = createKeyring('the key of last year, which is long enough');
    await onDatabase(DATABASE_URL, ({ db }) =>
      createSecretStore(db).put(
        { name, sealed: old.seal('tok-never-shown', name), keyId: old.keyId },
        { userId: null, now: new Date(0) },
      ),
    );
    const lost = await examine({ DATABASE_URL });
    expect(on(lost, 'secret key')).toMatchObject([
      { state: 'problem', says: expect.stringContaining(name) },
    ]);
    const changing = await examine({
      DATABASE_URL,
      SECRET_KEY_PREVIOUS: 'the key of last year, which is long enough',
    });
    expect(on(changing, 'secret key')).toMatchObject([
      { state: 'warning', fix: expect.stringContaining('secrets:rotate') },
    ]);
    expect(JSON.stringify([lost, changing])).not.toContain('tok-never-shown');
  });

  it('misses credentials that neither the environment nor the settings page has', async () => {
    const diagnosis = await examine({
      DATABASE_URL: await databaseForThisTest(),
      TELEPHONY: 'aircall',
    });
    expect(on(diagnosis, 'provider (Aircall)')).toMatchObject([
      { state: 'problem', says: expect.stringContaining('API token is missing') },
    ]);
  });
});

describe('the time zone data of the runtime', () => {
  const still: ZoneOffsets = () => 0;

  it('the time zone data of the runtime are reported by the doctor when they are old, with what to do', () => {
    expect(checkZoneData('2025c', still)).toMatchObject({
      state: 'warning',
      says: expect.stringMatching(/^2025c is old; corrected for British Columbia, Alberta/),
      fix: expect.stringContaining('2026e or newer'),
    });
    expect(checkZoneData(undefined, still)).toMatchObject({ state: 'warning' });
    expect(checkZoneData('2026e', still)).toMatchObject({ state: 'ok', says: '2026e' });
  });
});
