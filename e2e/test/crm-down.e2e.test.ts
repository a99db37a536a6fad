import { allActivities, allCalls } from '@outdial/lab/server/read-all';
import { until } from '@outdial/lab/server/until';
import { expect, test } from 'vitest';
import { allowUnattendedSessions } from '../src/allow-unattended-sessions.js';
import { expectOneActivityEach } from '../src/checks.js';
import { leadsThatEndAs } from '../src/leads.js';
import { startedServer } from '../src/server-for-test.js';

test('calls continue during an outage of the CRM, the missing ones are shown, and afterwards the CRM has each call once', async () => {
  const server = await startedServer({ env: { SIMULATOR_SPEED: '20', SIMULATOR_SEED: '6' } });
  const { client } = server;
  await allowUnattendedSessions(client);
  const [agent] = (await client.agents.list()).agents;
  const leads = await leadsThatEndAs(client, ['BUSY', 'NO_ANSWER', 'VOICEMAIL', 'BUSY', 'FAILED']);
  await client.crm.setFaults({ down: true, fail_rate: 0, lose_answer_rate: 0 });

  const { id } = await client.sessions.create({
    agent_id: agent?.id ?? '',
    lead_ids: leads.map((lead) => lead.id),
    lines: 2,
    after_connect: 'continue',
  });
  const calls = await until(
    'every lead was called',
    async () => {
      const all = await allCalls(client, { session_id: id });
      return all.length === leads.length && all.every((call) => call.crm_error !== null) && all;
    },
    { timeoutMs: 30_000 },
  );
  // In sight: which calls, that they are tried again, and what the CRM said.
  for (const call of calls) {
    expect(['PENDING', 'FAILED']).toContain(call.crm_state);
    expect(call).toMatchObject({ state: 'COMPLETED', crm_activity_id: null });
    expect(call.crm_error).toMatch(/\w/);
  }
  expect(await allActivities(client)).toEqual([]);

  // It comes back as CRMs do: it writes, and every other answer gets lost on the way.
  await client.crm.setFaults({ down: false, fail_rate: 0, lose_answer_rate: 0.5 });
  await client.crm.sync();
  await until('it has written something', async () => (await allActivities(client)).length > 0);
  await client.crm.setFaults({ down: false, fail_rate: 0, lose_answer_rate: 0 });
  await client.crm.sync({ call_ids: calls.map((call) => call.id) });
  const synced = await until('it has every call', async () => {
    const all = await allCalls(client, { session_id: id });
    return all.every((call) => call.crm_state === 'SYNCED') && all;
  });
  expectOneActivityEach(synced, await allActivities(client));
  for (const call of synced) expect(call.crm_error).toBeNull();
});
