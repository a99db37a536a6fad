import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Client } from '@outdial/client';
import { createTestDatabase, findPostgres } from '@outdial/testing/services';
import { ACCOUNTS_ENV } from '@outdial/testing/sign-in';
import { expect, onTestFinished, test } from 'vitest';
import { leadsThatEndAs } from '../src/leads.js';
import { runToItsEnd } from '../src/outdial-server.js';
import { allActivities } from '../src/read-all.js';
import { serverForThisTest, startedServer } from '../src/stage.js';
import { syncedCalls } from '../src/synced-calls.js';
import { until } from '../src/until.js';

const OPERATING = fileURLToPath(new URL('../../docs/operating.md', import.meta.url));

/** The commands of the section on backups, as an operator copies them from the page. */
const [dump = '', restoreDump = '', pack = '', unpack = ''] = (
  /^## Backup and restore$(.*?)^## /ms.exec(readFileSync(OPERATING, 'utf8'))?.[1] ?? ''
)
  .split('```sh\n')
  .slice(1)
  .map((block) => block.slice(0, block.indexOf('```')).trim());

async function run(command: string, folder: string, env: Record<string, string>): Promise<void> {
  const PATH = [findPostgres(), process.env.PATH].filter(Boolean).join(delimiter);
  await promisify(execFile)('bash', ['-euc', command], { cwd: folder, env: { PATH, ...env } });
}

async function folderForThisTest(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'outdial-backup-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function databaseForThisTest(): Promise<string> {
  const { url, drop } = await createTestDatabase();
  onTestFinished(drop);
  return url;
}

/** A shift with all that a team would miss: calls, what was said of them, a number never to be called, settings. */
async function workAWhile(client: Client): Promise<void> {
  const { version, settings } = await client.config.get();
  const dialing = {
    ...settings.dialing,
    wrap_up_seconds: 0,
    delay_seconds: 0,
    patience_seconds: 0,
  };
  await client.config.put({ version, settings: { ...settings, dialing } });
  const leads = await leadsThatEndAs(client, ['BUSY', 'CONNECTED', 'VOICEMAIL']);
  const [agent] = (await client.agents.list()).agents;
  const session = await client.sessions.create({
    agent_id: agent?.id ?? '',
    lead_ids: leads.map(({ id }) => id),
    lines: 1,
    after_connect: 'continue',
  });
  await until('the shift is over', async () => {
    const { status, active_call_ids } = await client.sessions.get(session.id);
    return status === 'STOPPED' && active_call_ids.length === 0;
  });
  await syncedCalls(client);
}

/** All of it, as the API tells it. */
async function everything(client: Client) {
  return {
    calls: await syncedCalls(client),
    activities: await allActivities(client),
    leads: (await client.leads.list({ limit: 200 })).leads,
    queues: (await client.queues.list()).queues,
    config: await client.config.get(),
  };
}

test('the page on operating holds the four commands that are tried here', () => {
  expect(dump).toMatch(/^pg_dump .*\$DATABASE_URL/);
  expect(restoreDump).toMatch(/^pg_restore .*\$RESTORED_DATABASE_URL/);
  expect(pack).toMatch(/^tar --create .*\$DATA_DIR/);
  expect(unpack).toMatch(/\$RESTORED_DATA_DIR/);
});

test('a PostgreSQL that was backed up while people worked is restored elsewhere with everything in it', async () => {
  const [url, restoredUrl] = [await databaseForThisTest(), await databaseForThisTest()];
  const server = await startedServer({ env: { DATABASE_URL: url, SIMULATOR_SPEED: '50' } });
  await workAWhile(server.client);
  const before = await everything(server.client);
  expect(before.calls).toHaveLength(3);

  const folder = await folderForThisTest();
  await run(dump, folder, { DATABASE_URL: url });
  await server.stop();
  await run(restoreDump, folder, { RESTORED_DATABASE_URL: restoredUrl });

  // Whoever has the backup and not the key has a locked box.
  const locked = await runToItsEnd({
    ...ACCOUNTS_ENV,
    PORT: '0',
    DATABASE_URL: restoredUrl,
    SECRET_KEY: 'another key, which somebody made up after they stole the dump',
  });
  expect(locked.code).toBe(1);
  expect(locked.output).toMatch(/Set SECRET_KEY to what it was/);
  expect(locked.output).not.toMatch(/\n\s+at /);

  const restored = await startedServer({ env: { DATABASE_URL: restoredUrl } });
  expect(await everything(restored.client)).toEqual(before);
  await restored.stop();
});

test('an embedded database whose folder was copied while the server was stopped is restored elsewhere with everything in it', async () => {
  // As most do who begin: it makes itself a key.
  const server = await startedServer({ env: { SIMULATOR_SPEED: '50', SECRET_KEY: '' } });
  await workAWhile(server.client);
  const before = await everything(server.client);
  await server.stop();

  const folder = await folderForThisTest();
  await run(pack, folder, { DATA_DIR: server.dataDir });
  // The one that was copied goes on working, and what it does now is not in the copy.
  await server.start();
  await leadsThatEndAs(server.client, ['NO_ANSWER']);
  await server.stop();

  const restoredDir = join(await folderForThisTest(), 'data');
  await run(unpack, folder, { RESTORED_DATA_DIR: restoredDir });
  const restored = await serverForThisTest({ dataDir: restoredDir, env: { SECRET_KEY: '' } });
  await restored.start();
  expect(await everything(restored.client)).toEqual(before);
  await restored.stop();
});
