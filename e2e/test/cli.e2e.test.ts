import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@outdial/lab/server/free-port';
import { until } from '@outdial/lab/server/until';
import { FIRST_ADMIN } from '@outdial/testing/sign-in';
import { expect, test } from 'vitest';
import { type CommandLine, commandLine } from '../src/command-line.js';
import { startedServer } from '../src/server-for-test.js';

const signIn = (cli: CommandLine) =>
  cli.run(['sign-in', '--email', FIRST_ADMIN.email, '--password-stdin'], {
    input: `${FIRST_ADMIN.password}\n`,
  });

test('a login session is stored in a file that only its owner can read, and parallel commands renew it once', async () => {
  const server = await startedServer();
  const cli = await commandLine(server.url);
  const before = await cli.run(['whoami']);
  expect(before).toMatchObject({ code: 3, out: '' });
  expect(before.err).toContain('outdial sign-in');

  const wrong = await cli.run(['sign-in', '--email', FIRST_ADMIN.email, '--password-stdin'], {
    input: 'not the password\n',
  });
  expect(wrong.code).toBe(3);
  expect((await signIn(cli)).code).toBe(0);
  const path = join(cli.folder, 'sign-ins.json');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const stored = JSON.parse(await readFile(path, 'utf8'));
  expect(stored.current).toBe(server.url);
  expect(await readFile(path, 'utf8')).not.toContain(FIRST_ADMIN.password);

  // The access token ends; a refresh token that is used twice would end the sign-in at the server.
  stored.servers[server.url].accessTokenUntil = new Date(0).toISOString();
  await writeFile(path, JSON.stringify(stored));
  const together = await Promise.all(
    Array.from({ length: 4 }, () => cli.run(['whoami', '--json'])),
  );
  expect(together.map(({ code, err }) => ({ code, err }))).toEqual(
    together.map(() => ({ code: 0, err: '' })),
  );
  const renewed = JSON.parse(await readFile(path, 'utf8')).servers[server.url];
  expect(renewed.refreshToken).not.toBe(stored.servers[server.url].refreshToken);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(JSON.parse((await cli.run(['whoami', '--json'])).out).user.email).toBe(FIRST_ADMIN.email);

  expect((await cli.run(['sign-out'])).code).toBe(0);
  expect((await cli.run(['whoami'])).code).toBe(3);
});

test('leads are imported from a file or added one by one, and the exit code shows the result', async () => {
  const server = await startedServer();
  const cli = await commandLine(server.url);
  await signIn(cli);
  const file = join(cli.folder, 'leads.csv');
  await writeFile(file, 'name,phone\nAda,+12025550177\nBroken,12\nBob,+12025550178\n');

  const preview = await cli.run(['import', file, '--preview', '--json']);
  expect(JSON.parse(preview.out)).toMatchObject({ rows: 3, mapping: { phone: 'phone_number' } });
  const imported = await cli.run(['import', file, '--queue', 'Command line', '--json']);
  expect(imported.code).toBe(8);
  expect(JSON.parse(imported.out)).toMatchObject({ state: 'DONE', created: 2, failed: 1 });
  const again = await cli.run(['import', file, '--no-wait', '--json']);
  expect(again.code).toBe(0);

  const added = await cli.run([
    'leads',
    'add',
    '--name',
    'Eve',
    '--phone',
    '+12025550179',
    '--queue',
    'command line',
    '--json',
  ]);
  const { lead } = JSON.parse(added.out);
  const shown = await cli.run(['leads', 'show', lead.id]);
  expect(shown.out).toContain('+12025550179');
  const queue = await cli.run(['queues', 'show', 'Command line', '--json']);
  expect(JSON.parse(queue.out).counts.total).toBe(3);
  const all = await cli.run(['leads', 'list', '--all', '--json']);
  const { leads, total, next_cursor: next } = JSON.parse(all.out);
  expect(leads).toHaveLength(total);
  expect(next).toBeNull();

  const twice = await cli.run([
    'leads',
    'add',
    '--name',
    'Eve',
    '--phone',
    '+12025550179',
    '--json',
  ]);
  expect(twice).toMatchObject({ code: 5, out: '' });
  expect(JSON.parse(twice.err).code).toBe('duplicate_phone_number');
  const unknown = await cli.run(['leads', 'show', '00000000-0000-7000-8000-000000000000']);
  expect(unknown.code).toBe(4);
  expect((await cli.run(['leads', 'add', '--name', 'Eve'])).code).toBe(2);
  expect((await cli.run(['leads', 'list', '--colour', 'red'])).code).toBe(2);
});

test('a session is started, watched call by call, paused and stopped, and its calls exported', async () => {
  const server = await startedServer({ env: { SIMULATOR_SPEED: '200' } });
  const cli = await commandLine(server.url);
  await signIn(cli);
  const { client } = server;
  const [agent] = (await client.agents.list()).agents;
  const name = agent?.name ?? '';
  const { leads } = await client.leads.list({ limit: 20 });
  // No page is open, so this queue is dialed unattended. The first conversation leads into a wrap-up that lasts.
  const { queue } = await client.queues.create({
    name: 'Unattended',
    settings: { pause_when_away_seconds: 0, wrap_up_seconds: 3600 },
    lead_ids: leads.map(({ id }) => id),
  });
  const started = await cli.run([
    'sessions',
    'start',
    '--queue',
    queue.name,
    '--agent',
    name,
    '--lines',
    '2',
    '--json',
  ]);
  const session = JSON.parse(started.out);
  expect(session).toMatchObject({ agent_id: agent?.id, queue_id: queue.id, lines: 2 });

  const events = (text: string) =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const tail = cli.start(['sessions', 'tail', session.id, '--json']);
  await until('the tail shows a call to its end', async () => {
    const shown = events(tail.out());
    // From one conversation to the next, as an agent would.
    if (shown.at(-1)?.data.phase === 'WRAP_UP') await client.sessions.dialNext(session.id);
    return shown.some(({ event, data }) => event === 'call.updated' && data.state === 'COMPLETED');
  });
  const second = cli.start(['sessions', 'tail', name]);
  await until('the tail for people shows the session', async () =>
    second.out().includes('session'),
  );
  second.signal('SIGINT');
  expect((await second.ended).code).toBe(130);

  await cli.run(['sessions', 'pause', name]);
  expect(JSON.parse((await cli.run(['sessions', 'show', name, '--json'])).out).status).toBe(
    'PAUSED',
  );
  expect((await cli.run(['sessions', 'pause', name])).code).toBe(5);
  expect((await cli.run(['sessions', 'resume', name])).code).toBe(0);
  expect((await cli.run(['sessions', 'stop', name])).code).toBe(0);
  expect((await tail.ended).code).toBe(0);
  expect(events(tail.out()).at(-1)).toMatchObject({ data: { id: session.id, status: 'STOPPED' } });
  expect((await cli.run(['sessions', 'stop', name])).code).toBe(5);

  const out = join(cli.folder, 'history.csv');
  expect((await cli.run(['history', 'export', '--out', out])).code).toBe(0);
  const { total } = await client.history.list({ limit: 1 });
  expect((await readFile(out, 'utf8')).trimEnd().split('\n').length).toBeGreaterThanOrEqual(
    Math.min(total, 1) + 1,
  );
  expect((await stat(out)).mode & 0o777).toBe(0o600);
});

test('an API key works within its permissions, and doctor reports connection problems', async () => {
  const server = await startedServer();
  const cli = await commandLine(server.url);
  const { key } = await server.client.apiKeys.create({
    name: 'Reader',
    permissions: ['leads.read', 'leads.any'],
  });
  const env = { OUTDIAL_API_KEY: key };
  expect((await cli.run(['leads', 'list'], { env })).code).toBe(0);
  const refused = await cli.run(['leads', 'add', '--name', 'A', '--phone', '+12025550155'], {
    env,
  });
  expect(refused.code).toBe(3);
  expect(refused.err).toContain('leads.manage');

  const healthy = await cli.run(['doctor', '--json'], { env });
  expect(JSON.parse(healthy.out)).toMatchObject({ ok: true });
  expect(healthy.code).toBe(0);
  const wrongKey = await cli.run(['doctor'], { env: { OUTDIAL_API_KEY: 'odk_made_up' } });
  expect(wrongKey.code).toBe(8);
  expect(wrongKey.out).toMatch(/sign-in +problem/);

  const { key: admin } = await server.client.apiKeys.create({
    name: 'Connections',
    permissions: ['connections.manage'],
  });
  const asAdmin = { OUTDIAL_API_KEY: admin };
  expect((await cli.run(['connections', 'list'], { env: asAdmin })).out).toMatch(
    /simulator +Practice +practice +ok/,
  );
  expect((await cli.run(['connections', 'test'], { env: asAdmin })).code).toBe(0);
  await server.client.connections.create({
    integration: 'aircall',
    settings: { base_url: `http://127.0.0.1:${await freePort()}` },
    credentials: { api_id: 'id', api_token: 'token', webhook_token: 'a-webhook-token' },
  });
  const tested = await cli.run(['connections', 'test', '--id', 'aircall'], { env: asAdmin });
  expect([tested.code, tested.out]).toEqual([8, expect.stringMatching(/aircall +problem/)]);
  expect((await cli.run(['connections', 'test', '--id', 'none'], { env: asAdmin })).code).toBe(4);

  const nowhere = `http://127.0.0.1:${await freePort()}`;
  expect((await cli.run(['doctor', '--url', nowhere])).code).toBe(8);
  expect((await cli.run(['leads', 'list', '--url', nowhere], { env })).code).toBe(6);
});
