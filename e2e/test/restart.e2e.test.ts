import { allActivities, allCalls } from '@outdial/lab/server/read-all';
import { until } from '@outdial/lab/server/until';
import type { Call } from '@outdial/protocol';
import { expect, test } from 'vitest';
import { expectOneActivityEach, metricsOf, mostConcurrentCalls } from '../src/checks.js';
import { leadsThatEndAs } from '../src/leads.js';
import { setPractice } from '../src/practice.js';
import { startedServer } from '../src/server-for-test.js';
import { syncedCalls } from '../src/synced-calls.js';

test('calls that were live when the server was killed end normally, and the session resumes automatically', async () => {
  const server = await startedServer({ env: { SIMULATOR_SPEED: '3', SIMULATOR_SEED: '3' } });
  const { client } = server;
  const { version, settings } = await client.config.get();
  await client.config.put({
    version,
    settings: {
      ...settings,
      dialing: {
        ...settings.dialing,
        wrap_up_seconds: 0,
        pause_when_away_seconds: 0,
        delay_seconds: 0,
        patience_seconds: 0,
      },
    },
  });
  await setPractice(client, { talk_seconds: { min: 12, max: 15 } });
  const [alex, sam] = (await client.agents.list()).agents;
  const ringing = await leadsThatEndAs(client, [
    'NO_ANSWER',
    'BUSY',
    'VOICEMAIL',
    'NO_ANSWER',
    'BUSY',
    'VOICEMAIL',
    'BUSY',
  ]);
  const talking = await leadsThatEndAs(client, ['CONNECTED', 'CONNECTED']);
  const three = await client.sessions.create({
    agent_id: alex?.id ?? '',
    lead_ids: ringing.map((lead) => lead.id),
    lines: 3,
    after_connect: 'continue',
  });
  const power = await client.sessions.create({
    agent_id: sam?.id ?? '',
    lead_ids: talking.map((lead) => lead.id),
    lines: 1,
    after_connect: 'continue',
  });

  const live = async (sessionId: string): Promise<Call[]> =>
    (await client.sessions.get(sessionId)).calls.filter((call) => call.state !== 'COMPLETED');
  await until('three phones ring during a conversation', async () => {
    const [rings, talks] = await Promise.all([live(three.id), live(power.id)]);
    return rings.length === 3 && talks.some((call) => call.state === 'IN_PROGRESS');
  });
  const atDeath = [...(await live(three.id)), ...(await live(power.id))];
  await server.kill();
  await server.start();

  // Killed again immediately: an incomplete restart must lose nothing either.
  await server.kill();
  await server.start();

  for (const { id } of [three, power]) {
    const session = await until(
      'the session ended by itself',
      async () => {
        const current = await client.sessions.get(id);
        return current.status === 'STOPPED' && current.active_call_ids.length === 0 && current;
      },
      { timeoutMs: 60_000 },
    );
    expect(session.reason).toBe('queue_exhausted');
    const calls = await allCalls(client, { session_id: id });
    expect(session.metrics).toEqual(metricsOf(calls));
    expect(mostConcurrentCalls(calls)).toBeLessThanOrEqual(session.lines);
  }

  const calls = await syncedCalls(client);
  const nameOf = (call: Call) => call.lead.name;
  const leads = [...ringing, ...talking];
  // Each lead was called once, and its call ended as its number says.
  expect(calls.map(nameOf).sort()).toEqual(leads.map((lead) => lead.name).sort());
  for (const call of calls) expect(call.outcome).toBe(nameOf(call).split(' ')[0]);
  for (const { id } of atDeath) expect(calls.map((call) => call.id)).toContain(id);
  // The conversation kept its beginning and had its whole length.
  const before = atDeath.find((call) => call.state === 'IN_PROGRESS');
  const after = calls.find((call) => call.id === before?.id);
  expect(after?.answered_at).toBe(before?.answered_at);
  expect(after).toMatchObject({ outcome: 'CONNECTED', winner: true });
  expectOneActivityEach(calls, await allActivities(client));
  expect(server.log().map((line) => line.msg)).toContain('went on where it stopped');
});
