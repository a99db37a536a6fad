import { createLive } from '@outdial/client';
import type { OutdialServer } from '@outdial/lab/server/outdial-server';
import { allActivities, allCalls } from '@outdial/lab/server/read-all';
import { until } from '@outdial/lab/server/until';
import type { Call, Session } from '@outdial/protocol';
import { describe, expect, onTestFinished, test } from 'vitest';
import { allowUnattendedSessions } from '../src/allow-unattended-sessions.js';
import {
  expectDocumentedDispositions,
  expectOneActivityEach,
  metricsOf,
  mostConcurrentCalls,
} from '../src/checks.js';
import { leadsThatEndAs } from '../src/leads.js';
import { startedServer } from '../src/server-for-test.js';

/** Every state of a call that the live events showed, and the largest number of concurrent calls. */
function watch(server: OutdialServer) {
  const live = new Set<string>();
  const seen: Call[] = [];
  let mostLive = 0;
  const connection = createLive({
    baseUrl: server.url,
    token: server.admin.token,
    onHello: () => undefined,
    onEvent: (event) => {
      if (event.name !== 'call.updated') return;
      seen.push(event.data);
      if (event.data.state === 'COMPLETED') live.delete(event.data.id);
      else live.add(event.data.id);
      mostLive = Math.max(mostLive, live.size);
    },
  });
  onTestFinished(() => connection.close());
  return {
    connected: () => until('live events arrive', () => connection.state === 'connected'),
    seen: (callId: string) => seen.filter((call) => call.id === callId),
    mostLive: () => mostLive,
  };
}

async function post(
  { admin }: OutdialServer,
  path: string,
  said: unknown,
): Promise<{ status: number; body: unknown }> {
  const answer = await admin.request('POST', path, said);
  return { status: answer.status, body: await answer.json() };
}

/** Asks again and again until nothing is live any more, and remembers the most that ever was. */
async function followToTheEnd(
  server: OutdialServer,
  sessionId: string,
): Promise<{ session: Session; mostActive: number }> {
  let mostActive = 0;
  const session = await until(
    'the session and its calls are over',
    async () => {
      const current = await server.client.sessions.get(sessionId);
      mostActive = Math.max(mostActive, current.active_call_ids.length);
      const isOver = current.status === 'STOPPED' && current.active_call_ids.length === 0;
      return isOver && current;
    },
    { timeoutMs: 60_000, intervalMs: 20 },
  );
  return { session, mostActive };
}

const synced = (server: OutdialServer, sessionId: string): Promise<Call[]> =>
  until('the CRM has every call', async () => {
    const calls = await allCalls(server.client, { session_id: sessionId });
    return calls.length > 0 && calls.every((call) => call.crm_state === 'SYNCED') && calls;
  });

describe('a session with two lines', () => {
  test('the first answer cancels the other call, no further call starts, and the CRM gets each call once', async () => {
    // With this seed a second phone rings for a good second when the person answers, and would ring on for another.
    const server = await startedServer({ env: { SIMULATOR_SPEED: '5', SIMULATOR_SEED: '8' } });
    const { client } = server;
    await allowUnattendedSessions(client);
    const [agent] = (await client.agents.list()).agents;
    const leads = await leadsThatEndAs(client, [
      'NO_ANSWER',
      'BUSY',
      'VOICEMAIL',
      'CONNECTED',
      'NO_ANSWER',
      'NO_ANSWER',
    ]);
    const screen = watch(server);
    await screen.connected();

    const started = await post(server, '/api/dialer/sessions', {
      agent_id: agent?.id,
      lead_ids: leads.map((lead) => lead.id),
      lines: 2,
      after_connect: 'stop',
    });
    expect(started.status).toBe(201);
    const { id: sessionId } = started.body as Session;
    expect(started.body).toMatchObject({
      status: 'RUNNING',
      concurrency: 2,
      lead_queue: leads.map((lead) => lead.id),
      winner_call_id: null,
    });

    const { session, mostActive } = await followToTheEnd(server, sessionId);
    const calls = await synced(server, sessionId);

    // Never more than two: in the API, the live events and the history.
    expect(mostActive).toBeLessThanOrEqual(2);
    expect(screen.mostLive()).toBe(2);
    expect(mostConcurrentCalls(calls)).toBe(2);

    const connected = calls.filter((call) => call.outcome === 'CONNECTED');
    expect(connected.map((call) => call.lead_id)).toEqual([leads[3]?.id]);
    expect(session).toMatchObject({ reason: 'first_connect', winner_call_id: connected[0]?.id });
    expect(connected[0]).toMatchObject({ winner: true, answered_by: 'PERSON' });

    // Whatever was live when the person answered was cancelled; nothing began afterwards.
    const answeredAt = connected[0]?.answered_at ?? '';
    const others = calls.filter((call) => call.id !== connected[0]?.id);
    const liveThen = others.filter((call) => (call.ended_at ?? '') > answeredAt);
    expect(liveThen.length).toBe(1);
    for (const call of liveThen) {
      expect(call).toMatchObject({
        outcome: 'CANCELED_BY_DIALER',
        cancel_reason: 'another_line_connected',
        winner: false,
      });
    }
    expect(calls.filter((call) => call.outcome === 'CANCELED_BY_DIALER')).toEqual(liveThen);
    const forced = new Map(leads.map((lead) => [lead.id, lead.name.split(' ')[0]]));
    for (const call of others) {
      if (liveThen.includes(call)) continue;
      expect(call.outcome).toBe(forced.get(call.lead_id));
    }

    expectDocumentedDispositions(calls);
    expect(session.metrics).toEqual(metricsOf(calls));
    const stats = await client.stats.get();
    expect(stats.totals).toMatchObject({ ...metricsOf(calls), live: 0 });

    expectOneActivityEach(calls, await allActivities(client));
    const before = await allActivities(client);
    for (let again = 0; again < 2; again++) {
      const asked = await post(server, '/api/crm/sync', {
        call_ids: calls.map((call) => call.id),
      });
      expect(asked.status).toBeLessThan(300);
      await synced(server, sessionId);
    }
    const after = await allActivities(client);
    expect(after.map((activity) => activity.id).sort()).toEqual(
      before.map((activity) => activity.id).sort(),
    );
    expectOneActivityEach(await synced(server, sessionId), after);

    // The screens saw the winner talk before it was over.
    const states = screen.seen(connected[0]?.id ?? '').map((call) => call.state);
    expect(states).toContain('IN_PROGRESS');
    expect(states.at(-1)).toBe('COMPLETED');
  });

  test('the rules of two lines hold for every combination of outcomes', async () => {
    const server = await startedServer({ env: { SIMULATOR_SPEED: '40', SIMULATOR_SEED: '5' } });
    const { client } = server;
    await allowUnattendedSessions(client);
    const { agents } = await client.agents.list();
    const { leads } = await client.leads.list({ limit: 24 });
    expect(leads.length).toBeGreaterThanOrEqual(18);

    // Three agents concurrently, with six sample leads each; the seed decides the outcomes.
    const sessions = await Promise.all(
      agents.slice(0, 3).map((agent, index) =>
        client.sessions.create({
          agent_id: agent.id,
          lead_ids: leads.slice(index * 6, index * 6 + 6).map((lead) => lead.id),
          lines: 2 + index,
          after_connect: 'stop',
        }),
      ),
    );
    for (const { id, lines } of sessions) {
      const { session, mostActive } = await followToTheEnd(server, id);
      const calls = await synced(server, id);
      expect(mostActive).toBeLessThanOrEqual(lines);
      expect(mostConcurrentCalls(calls)).toBeLessThanOrEqual(lines);
      expect(calls.filter((call) => call.winner).length).toBeLessThanOrEqual(1);
      expect(session.metrics).toEqual(metricsOf(calls));
      expect(session.metrics.attempted).toBeLessThanOrEqual(6);
      expect(session.reason).toBe(
        session.winner_call_id === null ? 'queue_exhausted' : 'first_connect',
      );
      expectDocumentedDispositions(calls);
    }
    expectOneActivityEach(await allCalls(client), await allActivities(client));
  });
});
