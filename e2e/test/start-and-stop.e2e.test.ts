import { createServer } from 'node:net';
import { runToItsEnd } from '@outdial/lab/server/outdial-server';
import { allCalls } from '@outdial/lab/server/read-all';
import { until } from '@outdial/lab/server/until';
import { ACCOUNTS_ENV } from '@outdial/testing/sign-in';
import { describe, expect, onTestFinished, test } from 'vitest';
import { allowUnattendedSessions } from '../src/allow-unattended-sessions.js';
import { leadsThatEndAs } from '../src/leads.js';
import { setPractice } from '../src/practice.js';
import { startedServer } from '../src/server-for-test.js';

describe('a server that is asked to stop', () => {
  test('a stopping server places no new call, lets live calls end, and resumes at the next start', async () => {
    const server = await startedServer({ env: { SIMULATOR_SPEED: '2', SIMULATOR_SEED: '4' } });
    const { client } = server;
    await allowUnattendedSessions(client);
    const leads = await leadsThatEndAs(client, [
      'NO_ANSWER',
      'BUSY',
      'VOICEMAIL',
      'BUSY',
      'NO_ANSWER',
      'VOICEMAIL',
    ]);
    const [agent] = (await client.agents.list()).agents;
    const { id } = await client.sessions.create({
      agent_id: agent?.id ?? '',
      lead_ids: leads.map((lead) => lead.id),
      lines: 2,
      after_connect: 'continue',
    });
    const live = await until('two calls are live', async () => {
      const session = await client.sessions.get(id);
      const placed = session.calls.filter((call) => call.dialed_at !== null);
      return session.active_call_ids.length === 2 && placed.length === 2 && placed;
    });

    const exited = server.exited();
    server.signal('SIGTERM');
    // While it waits for the calls, its readiness shows that.
    const readiness = await until(
      'it is no longer ready',
      async () => {
        const answer = await fetch(`${server.url}/readyz`);
        return answer.status === 503 && ((await answer.json()) as { status: string });
      },
      { timeoutMs: 5_000, intervalMs: 20 },
    );
    expect(readiness.status).toBe('not_ready');
    expect(await exited).toEqual({ code: 0, signal: null });
    expect(server.output()).toMatch(/Waiting up to 15 s for 2 live calls to end/);

    await server.start();
    const finished = await until(
      'every lead was called',
      async () => {
        const session = await client.sessions.get(id);
        return session.metrics.attempted === 6 && session.active_call_ids.length === 0 && session;
      },
      { timeoutMs: 60_000 },
    );
    expect(finished.metrics).toEqual({ attempted: 6, connected: 0, failed: 6, canceled: 0 });
    const calls = await allCalls(client, { session_id: id });
    for (const call of calls) expect(call.outcome).toBe(call.lead.name.split(' ')[0]);

    // What was live ended before the process did; what came after began after its next start.
    const stoppedAt = timeOfLog(server.log(), 'server stopped');
    const before = calls.filter((call) => live.some(({ id: liveId }) => liveId === call.id));
    expect(before).toHaveLength(2);
    for (const call of before) expect((call.ended_at ?? '') < stoppedAt).toBe(true);
    for (const call of calls) {
      if (!before.includes(call)) expect(call.queued_at > stoppedAt).toBe(true);
    }
  });

  test('a stopping server gives up waiting after its grace period, and the next start finds the conversation again', async () => {
    const server = await startedServer({ env: { SIMULATOR_SEED: '4' } });
    const { client } = server;
    await allowUnattendedSessions(client);
    await setPractice(client, {
      decide_seconds: { min: 0, max: 0.2 },
      talk_seconds: { min: 18, max: 18 },
    });
    const [lead] = await leadsThatEndAs(client, ['CONNECTED']);
    const [agent] = (await client.agents.list()).agents;
    const { id } = await client.sessions.create({
      agent_id: agent?.id ?? '',
      lead_ids: [lead?.id ?? ''],
      lines: 1,
      after_connect: 'stop',
    });
    const talking = await until('they talk', async () => {
      const [call] = (await client.sessions.get(id)).calls;
      return call?.state === 'IN_PROGRESS' && call;
    });
    const startedStopping = performance.now();
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect((performance.now() - startedStopping) / 1000).toBeGreaterThan(14);
    await server.start();
    const call = await until(
      'the conversation is over',
      async () => {
        const current = await client.calls.get(talking.id);
        return current.state === 'COMPLETED' && current;
      },
      { timeoutMs: 30_000 },
    );
    expect(call).toMatchObject({ outcome: 'CONNECTED', answered_at: talking.answered_at });
    expect(call.talk_seconds).toBe(18);
  });
});

describe('a server that cannot start says why, and ends with code 1', () => {
  test('a server does not start on the data of a running server', async () => {
    const server = await startedServer();
    const second = await runToItsEnd({ ...ACCOUNTS_ENV, PORT: '0', DATA_DIR: server.dataDir });
    expect(second.code).toBe(1);
    expect(second.output).toContain('Outdial cannot start.');
    expect(second.output).toContain(server.dataDir);
    expect(second.output).toMatch(/in use|another/i);
    expect(second.output).not.toMatch(/\n\s+at /);
    // And the first one did not notice.
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);

    // A killed server leaves nothing in the way of the next one.
    await server.kill();
    await server.start();
  });

  test('a server does not start when the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;

    const server = await startedServer();
    await server.stop();
    const refused = await runToItsEnd({
      ...ACCOUNTS_ENV,
      PORT: String(port),
      DATA_DIR: server.dataDir,
    });
    expect(refused.code).toBe(1);
    expect(refused.output).toContain(`Port ${port} is in use.`);
    expect(refused.output).not.toMatch(/\n\s+at /);
    // Nothing of it is left behind that would keep the next start out.
    await server.start();
  });

  test('a server with a wrong configuration reports all problems together', async () => {
    const refused = await runToItsEnd({
      PORT: 'many',
      TELEPHONY: 'carrier-pigeon',
      DATABASE_URL: 'mysql://localhost/outdial',
      SIMULATOR_SPEED: '-1',
      LOG_LEVEL: 'loud',
      SECRET_KEY: 'short',
      ADMIN_EMAIL: 'no-address',
    });
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('Outdial cannot start with this configuration:');
    for (const name of ['PORT', 'TELEPHONY', 'DATABASE_URL', 'SIMULATOR_SPEED', 'LOG_LEVEL']) {
      expect(refused.output).toMatch(new RegExp(`- ${name} must be`));
    }
    expect(refused.output).toMatch(/- SECRET_KEY must have at least 32 characters/);
    expect(refused.output).toMatch(/- ADMIN_EMAIL must be an e-mail address/);
    expect(refused.output).toMatch(/- ADMIN_EMAIL needs ADMIN_PASSWORD/);
  });

  test('a server reports a configuration problem that another one could hide', async () => {
    const refused = await runToItsEnd({
      DATABASE_URL: 'postgres://outdial@127.0.0.1:1/outdial',
      TELEPHONY: 'aircall',
      AIRCALL_API_ID: 'half of a key',
      PORT: 'many',
    });
    expect(refused.code).toBe(1);
    for (const problem of [
      /- PORT must be/,
      /- DATABASE_URL needs SECRET_KEY/,
      /needs AIRCALL_API_TOKEN/,
    ]) {
      expect(refused.output).toMatch(problem);
    }
  });

  test('a server does not start when the database server does not answer', async () => {
    const refused = await runToItsEnd({
      PORT: '0',
      DATABASE_URL: 'postgres://outdial@127.0.0.1:1/outdial',
      ...ACCOUNTS_ENV,
    });
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('The PostgreSQL server of DATABASE_URL does not answer.');
  });
});

function timeOfLog(log: readonly { msg: string; [field: string]: unknown }[], msg: string): string {
  return String(log.find((line) => line.msg === msg)?.time);
}
