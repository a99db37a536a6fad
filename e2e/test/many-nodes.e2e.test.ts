import {
  createOutdialServer,
  type Environment,
  type OutdialServer,
  runToItsEnd,
} from '@outdial/lab/server/outdial-server';
import { allActivities, allCalls } from '@outdial/lab/server/read-all';
import { until } from '@outdial/lab/server/until';
import { createTestDatabase, startRedis } from '@outdial/testing/services';
import { ACCOUNTS_ENV } from '@outdial/testing/sign-in';
import { expect, onTestFinished, test } from 'vitest';
import { allowUnattendedSessions } from '../src/allow-unattended-sessions.js';
import { expectOneActivityEach } from '../src/checks.js';
import { leadsThatEndAs } from '../src/leads.js';

async function databaseUrl(): Promise<string> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  return database.url;
}

async function node(env: Environment): Promise<OutdialServer> {
  const server = await createOutdialServer({ env: { SIMULATOR_SPEED: '20', ...env } });
  onTestFinished(() => server.dispose());
  return server;
}

test('an api node and a worker node make one dialer, and neither does the other’s part', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const shared = { DATABASE_URL: await databaseUrl(), REDIS_URL: redis.url };
  const people = await node({ ...shared, ROLE: 'api' });
  const work = await node({ ...shared, ROLE: 'worker' });
  await people.start();
  await work.start();
  const { client } = people;
  await allowUnattendedSessions(client);

  // A worker reports its health, and serves no users.
  expect((await fetch(`${work.url}/metrics`)).status).toBe(200);
  for (const path of ['/', '/api/leads', '/webhooks/aircall']) {
    expect((await fetch(`${work.url}${path}`)).status).toBe(404);
  }

  const [agent] = (await client.agents.list()).agents;
  const leads = await leadsThatEndAs(client, ['BUSY', 'CONNECTED', 'VOICEMAIL', 'NO_ANSWER']);
  const start = () =>
    client.sessions.create({
      agent_id: agent?.id ?? '',
      lead_ids: leads.map((lead) => lead.id),
      lines: 2,
      after_connect: 'stop',
    });
  await work.stop();
  const { id } = await start();
  // No worker runs: the work is kept, not lost.
  expect(await allCalls(client, { session_id: id })).toEqual([]);
  await work.start();
  await until('the session is over', async () => {
    return (await client.sessions.get(id)).status === 'STOPPED';
  });
  const calls = await until('the CRM has its calls', async () => {
    const all = await allCalls(client, { session_id: id });
    return all.length > 0 && all.every((call) => call.crm_state === 'SYNCED') && all;
  });
  expectOneActivityEach(calls, await allActivities(client));
  // What was asked for here was done there.
  expect(people.log().filter(({ msg }) => msg === 'call placed')).toEqual([]);
  expect(work.log().filter(({ msg }) => msg === 'call placed').length).toBeGreaterThan(0);
});

test('without a Redis a second node on the same database does not start, and says what to set', async () => {
  const env = { DATABASE_URL: await databaseUrl() };
  const first = await node(env);
  await first.start();
  const refused = await runToItsEnd({ PORT: '0', ...ACCOUNTS_ENV, ...env });
  expect(refused.code).toBe(1);
  expect(refused.output).toContain('set REDIS_URL to the same Redis for all nodes');
  expect(refused.output).not.toMatch(/\n\s+at /);
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  // Once the node has ended, in any way, another one may start.
  await first.kill();
  const second = await node(env);
  await second.start();
});
