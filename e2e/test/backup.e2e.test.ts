import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Client } from '@outdial/client';
import { runToItsEnd } from '@outdial/lab/server/outdial-server';
import { allActivities } from '@outdial/lab/server/read-all';
import { until } from '@outdial/lab/server/until';
import { createTestDatabase, findPostgres } from '@outdial/testing/services';
import { ACCOUNTS_ENV } from '@outdial/testing/sign-in';
import { expect, onTestFinished, test } from 'vitest';
import { leadsThatEndAs } from '../src/leads.js';
import { serverForTest, startedServer } from '../src/server-for-test.js';
import { syncedCalls } from '../src/synced-calls.js';

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

/** Creates the data that a team would miss: calls with dispositions, a suppressed number, settings. */
async function workAWhile(client: Client): Promise<void> {
  const { version, settings } = await client.config.get();
  const dialing = {
    ...settings.dialing,
    wrap_up_seconds: 0,
    pause_when_away_seconds: 0,
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
  await until('the session has ended', async () => {
    const { status, active_call_ids } = await client.sessions.get(session.id);
    return status === 'STOPPED' && active_call_ids.length === 0;
  });
  await syncedCalls(client);
}

/** All data, as the API returns it. */
async function everything(client: Client) {
  return {
    calls: await syncedCalls(client),
    activities: await allActivities(client),
    leads: (await client.leads.list({ limit: 200 })).leads,
    queues: (await client.queues.list()).queues,
    config: await client.config.get(),
  };
}

test('docs/operating.md contains the four commands that this test runs', () => {
  expect(dump).toMatch(/^pg_dump .*\$DATABASE_URL/);
  expect(restoreDump).toMatch(/^pg_restore .*\$RESTORED_DATABASE_URL/);
  // Other users of the machine must not read the archive.
  expect(pack).toMatch(/^\(umask 077 && tar --create .*\$DATA_DIR/);
  expect(unpack).toMatch(/\$RESTORED_DATA_DIR/);
});

test('a backup of a PostgreSQL database in use restores all data elsewhere', async () => {
  const [url, restoredUrl] = [await databaseForThisTest(), await databaseForThisTest()];
  const server = await startedServer({ env: { DATABASE_URL: url, SIMULATOR_SPEED: '50' } });
  await workAWhile(server.client);
  const before = await everything(server.client);
  expect(before.calls).toHaveLength(3);

  const folder = await folderForThisTest();
  await run(dump, folder, { DATABASE_URL: url });
  await server.stop();
  await run(restoreDump, folder, { RESTORED_DATABASE_URL: restoredUrl });

  // A backup without the key cannot be opened.
  const locked = await runToItsEnd({
    ...ACCOUNTS_ENV,
    PORT: '0',
    DATABASE_URL: restoredUrl,
    SECRET_KEY: 'another key, which a thief of the dump made up',
  });
  expect(locked.code).toBe(1);
  expect(locked.output).toMatch(/Set SECRET_KEY to what it was/);
  expect(locked.output).not.toMatch(/\n\s+at /);

  const restored = await startedServer({ env: { DATABASE_URL: restoredUrl } });
  expect(await everything(restored.client)).toEqual(before);
  await restored.stop();
});

test('a copy of the embedded database of a stopped server restores all data elsewhere', async () => {
  // As most do who begin: it makes itself a key.
  const server = await startedServer({ env: { SIMULATOR_SPEED: '50', SECRET_KEY: '' } });
  await workAWhile(server.client);
  const before = await everything(server.client);
  await server.stop();

  const folder = await folderForThisTest();
  await run(pack, folder, { DATA_DIR: server.dataDir });
  // The original server continues to work, and its new data is not in the copy.
  await server.start();
  await leadsThatEndAs(server.client, ['NO_ANSWER']);
  await server.stop();

  const restoredDir = join(await folderForThisTest(), 'data');
  await run(unpack, folder, { RESTORED_DATA_DIR: restoredDir });
  const restored = await serverForTest({ dataDir: restoredDir, env: { SECRET_KEY: '' } });
  await restored.start();
  expect(await everything(restored.client)).toEqual(before);
  await restored.stop();
});
