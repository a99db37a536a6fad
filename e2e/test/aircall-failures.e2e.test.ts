import { nightZone } from '@outdial/lab/server/daytime-zone';
import type { OutdialServer } from '@outdial/lab/server/outdial-server';
import { allCalls, allItems } from '@outdial/lab/server/read-all';
import { AT_ONCE, fictional, smallQueue } from '@outdial/lab/server/small-queue';
import { until } from '@outdial/lab/server/until';
import type { Session } from '@outdial/protocol';
import { expect, test } from 'vitest';
import { type AircallAccount, ALEX, startAircallAccount } from '../src/aircall-account.js';
import { startedServer } from '../src/server-for-test.js';

async function startServerWithAircall(): Promise<{
  account: AircallAccount;
  server: OutdialServer;
}> {
  const account = await startAircallAccount();
  const server = await startedServer({ env: (url) => account.env(url) });
  return { account, server };
}

const sessionOf = (server: OutdialServer, id: string): Promise<Session> =>
  server.client.sessions.get(id);

/** Until the session is as described. */
const becomes = (
  server: OutdialServer,
  id: string,
  what: string,
  is: (session: Session) => boolean,
  timeoutMs = 30_000,
): Promise<Session> =>
  until(
    `the session ${what}`,
    async () => {
      const session = await sessionOf(server, id);
      return is(session) && session;
    },
    { timeoutMs },
  );

const isOver = ({ status }: Session): boolean => status === 'STOPPED';

/** P3, checked against the provider's own records: each number was called once. */
function expectEachNumberCalledOnce({ control }: AircallAccount, phones: readonly string[]): void {
  const once = Object.fromEntries(phones.map((to) => [to, { ordersAccepted: 1, calls: 1 }]));
  expect(control.callCounts()).toEqual(once);
}

test('the session waits for a provider that is down, shows it, and calls no number twice because of it', async () => {
  const { account, server } = await startServerWithAircall();
  const { control } = account;
  const phones = fictional(8);
  for (const phone of phones) {
    control.scriptFate(phone, { kind: 'answer', afterSeconds: 4, talkSeconds: 10 });
  }
  const queueId = await smallQueue(server.client, phones);
  const orders = '/v1/users/:id/calls';

  // First nothing works at all: a server error whatever is asked.
  control.addApiFault({ path: '/v1/users/*', mode: 'status', status: 500 });
  control.addApiFault({ path: '/v2/users/*', mode: 'status', status: 500 });
  const { id } = await server.client.dialer.start({
    queue_id: queueId,
    lines: 1,
    after_connect: 'continue',
  });
  const waiting = await becomes(
    server,
    id,
    'waits for the provider, and tried again',
    ({ outage }) => (outage?.failures ?? 0) >= 2,
  );
  expect(waiting).toMatchObject({
    status: 'RUNNING',
    phase: 'WAITING',
    reason: 'provider_unavailable',
    outage: { message: expect.stringMatching(/Aircall/) },
  });
  expect(waiting.message).toMatch(/tries again by itself/);
  expect(waiting.outage?.retry_at && waiting.outage.retry_at > waiting.started_at).toBe(true);
  expect(control.callCounts()).toEqual({});

  // Then it comes back bit by bit: too many requests; an order carried out with the answer lost, behind an error and
  // in silence; a connection cut before anything was done.
  control.clearApiFaults();
  const once = { method: 'POST', path: orders, count: 1 };
  control.addApiFault({ ...once, mode: 'status', status: 429 });
  control.addApiFault({ ...once, mode: 'status', status: 500, executed: true });
  control.addApiFault({ ...once, mode: 'never', executed: true });
  control.addApiFault({ ...once, mode: 'cut' });
  const over = await becomes(server, id, 'has called every lead', isOver, 90_000);
  expect(over).toMatchObject({ reason: 'queue_exhausted', outage: null });
  expect(control.apiFaults().every((fault) => fault.struck === 1)).toBe(true);

  expectEachNumberCalledOnce(account, phones);
  const calls = await allCalls(server.client, { session_id: id });
  const connected = calls.filter((call) => call.outcome === 'CONNECTED');
  expect(connected.map((call) => call.phone_number).sort()).toEqual([...phones].sort());
  // The one whose order never arrived was looked for, closed, and its lead called again.
  const others = calls.filter((call) => call.outcome !== 'CONNECTED');
  expect(others.map((call) => call.outcome)).toEqual(['FAILED']);
});

test('do-not-disturb and a call by hand pause the session with a reason, and the session can be resumed', async () => {
  const { account, server } = await startServerWithAircall();
  const { control } = account;
  const phones = fictional(4);
  for (const phone of phones) {
    control.scriptFate(phone, { kind: 'answer', afterSeconds: 4, talkSeconds: 20 });
  }
  control.scriptFate(phones[0] ?? '', { kind: 'answer', afterSeconds: 4, talkSeconds: null });
  const queueId = await smallQueue(server.client, phones, { ...AT_ONCE, delay_seconds: 2 });
  const { id } = await server.client.dialer.start({
    queue_id: queueId,
    lines: 1,
    after_connect: 'continue',
  });

  await becomes(server, id, 'has a conversation', ({ phase }) => phase === 'ON_CALL');
  control.setAvailability(ALEX, 'do_not_disturb');
  control.hangUpCallsOf(ALEX);
  const away = await becomes(server, id, 'is paused', ({ status }) => status === 'PAUSED');
  expect(away).toMatchObject({
    reason: 'agent_do_not_disturb',
    message: expect.stringMatching(/do not disturb/i),
    metrics: { attempted: 1, connected: 1 },
  });

  control.setAvailability(ALEX, 'available');
  await server.client.dialer.resume();
  // Between two calls the agent dials a number by hand.
  await becomes(
    server,
    id,
    'pauses for breath',
    ({ phase, metrics }) => phase === 'DELAY' && metrics.connected === 2,
  );
  const byHand = control.agentDials(ALEX, '+442079460123', {
    fate: { kind: 'answer', afterSeconds: 3, talkSeconds: null },
  });
  const stepsBack = await becomes(server, id, 'steps back', ({ status }) => status === 'PAUSED');
  expect(stepsBack).toMatchObject({
    reason: 'manual_call',
    message: expect.stringMatching(/by hand/),
    active_call_ids: [],
  });
  control.agentHangsUp(byHand.id);
  await server.client.dialer.resume();
  const over = await becomes(server, id, 'has called every lead', isOver);
  expect(over).toMatchObject({
    reason: 'queue_exhausted',
    metrics: { attempted: 4, connected: 4 },
  });
  const { '+442079460123': own, ...counts } = control.callCounts();
  expect(own).toEqual({ ordersAccepted: 0, calls: 1 });
  expect(Object.keys(counts).sort()).toEqual([...phones].sort());
});

test('Aircall carries one line, and its phones do not ring at night', async () => {
  const { account, server } = await startServerWithAircall();
  const { client } = server;
  const [agent] = (await client.agents.list()).agents;
  const { lead } = await client.leads.create({
    name: 'Lead at night',
    phone_number: '+16175550142',
    time_zone: nightZone(),
  });
  const twoLines = await server.admin.request('POST', '/api/dialer/sessions', {
    agent_id: agent?.id,
    lead_ids: [lead.id],
    lines: 2,
  });
  expect(twoLines.status).toBe(422);
  expect(twoLines.headers.get('content-type')).toMatch(/application\/problem\+json/);
  expect(await twoLines.json()).toMatchObject({ code: 'too_many_lines' });

  const { queue } = await client.queues.create({
    name: 'Night',
    // A queue cannot switch off what the law asks for.
    settings: {
      patience_seconds: 0,
      calling_window: { start: '08:00', end: '21:00', enforce: false },
    },
    lead_ids: [lead.id],
  });
  const session = await client.dialer.start({ queue_id: queue.id });
  await becomes(server, session.id, 'has no lead to call', isOver);
  const [item] = await allItems(client, queue.id);
  expect(item).toMatchObject({ state: 'PENDING', attempts: 0 });
  expect(item?.held_reason).toMatch(/\w/);
  expect(item && Date.parse(item.due_at) > Date.now()).toBe(true);
  expect(account.control.orders()).toEqual([]);
});

test('the server registers the webhook, and again after Aircall has disabled it', async () => {
  const { account, server } = await startServerWithAircall();
  const { control } = account;
  const [webhook, ...more] = control.webhooks();
  expect(more).toEqual([]);
  // The path is secret: it has 128 random bits.
  const url = webhook?.url ?? '';
  expect(url.startsWith(`${server.url}/webhooks/aircall/`)).toBe(true);
  expect(url.split('/').at(-1)).toMatch(/^[\w-]{22,}$/);
  expect(webhook).toMatchObject({ active: true });

  // Only who knows the token is listened to, and only there.
  const forged = { event: 'call.hungup', token: 'guessed', data: { id: 1 } };
  const forge = (path: string) =>
    fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(forged),
    });
  const refused = await forge(url);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ code: 'webhook_token' });
  for (const guess of ['', '/', '/guessed', '/%00', '/..%2faircall']) {
    const answer = await forge(`${server.url}/webhooks/aircall${guess}`);
    expect([401, 404], `${guess}: ${answer.status}`).toContain(answer.status);
  }
  const document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as {
    paths: Record<string, object>;
  };
  expect(document.paths['/webhooks/{connection_id}/{segment}']).toHaveProperty('post');

  // The conversation continues on the phones while its events cannot be delivered.
  const [first = '', second = ''] = fictional(2);
  control.scriptFate(first, { kind: 'answer', afterSeconds: 4, talkSeconds: null });
  control.scriptFate(second, { kind: 'answer', afterSeconds: 4, talkSeconds: 10 });
  const queueId = await smallQueue(server.client, [first, second]);
  const { id } = await server.client.dialer.start({ queue_id: queueId, lines: 1 });
  await becomes(server, id, 'has a conversation', ({ phase }) => phase === 'ON_CALL');
  control.switchWebhookOff(webhook?.id ?? '');
  control.hangUpCallsOf(ALEX);

  // Each start looks after the webhook, and then after what was missed.
  await server.kill();
  await server.start();
  expect(control.webhooks()).toMatchObject([{ id: webhook?.id, active: true }]);
  const over = await becomes(server, id, 'has called every lead', isOver);
  expect(over).toMatchObject({
    reason: 'queue_exhausted',
    metrics: { attempted: 2, connected: 2 },
  });
  expectEachNumberCalledOnce(account, [first, second]);
});
