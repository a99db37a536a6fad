import type { AgentAtCarrier, PlaceOrder, ProviderCallRef } from '@outdial/core';
import { realTime } from '@outdial/testing/real-time';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  agentOf,
  answer,
  basicCredentials,
  connectionError,
  farEnd,
  type Scripted,
} from '../test/far-end.js';
import { type AircallTelephony, createAircallTelephony } from './aircall-telephony.js';

const start = new Date('2026-01-15T15:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: start, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
});
const opened: AircallTelephony[] = [];
afterEach(async () => {
  for (const telephony of opened.splice(0)) await telephony.close();
  vi.useRealTimers();
});

function open(...script: readonly Scripted[]) {
  const aircall = farEnd(...script);
  const logged: unknown[] = [];
  const log = { info: () => undefined, warn: (...line: unknown[]) => void logged.push(line) };
  const telephony = createAircallTelephony({
    timers: realTime,
    credentials: basicCredentials,
    fetch: aircall.fetch,
    getRetries: 0,
    log,
  });
  opened.push(telephony);
  const asked = () => aircall.sent.map(({ method, url }) => `${method} ${url.pathname}`);
  return { telephony, sent: aircall.sent, asked, logged };
}

const orderOf = (agent: AgentAtCarrier = agentOf()): PlaceOrder => ({
  callId: '01900000-0000-7000-8000-000000000001',
  to: '+12025550143',
  agent,
  ringSeconds: 25,
  attempt: 1,
});

const refOf = (change: Partial<ProviderCallRef> = {}): ProviderCallRef => ({
  ...orderOf(),
  providerCallId: null,
  dialedAt: start,
  ...change,
});

const unset = agentOf({ providerUserId: null, providerNumberId: null });
const user = answer(200, { user: { id: 456, email: 'alex@outdial.example' } });
const numbers = (...ids: number[]) => answer(200, { numbers: ids.map((id) => ({ id })) });
const available = answer(200, { availability: 'available' });

describe('placing a call', () => {
  it("a call is ordered on the agent's own user and number, and returns no id", async () => {
    const { telephony, sent, asked } = open(answer(204));
    expect(await telephony.place(orderOf())).toEqual({ kind: 'accepted', providerCallId: null });
    expect(asked()).toEqual(['POST /v1/users/456/calls']);
    expect(sent[0]?.body).toEqual({ number_id: 1234, to: '+12025550143' });
  });

  it('a call is not ordered when finding the agent took too long', async () => {
    const aircall = farEnd(user, numbers(1234), answer(204));
    const telephony = createAircallTelephony({
      timers: realTime,
      credentials: basicCredentials,
      fetch: (...request) => {
        vi.setSystemTime(Date.now() + 2_500);
        return aircall.fetch(...request);
      },
    });
    opened.push(telephony);
    expect(await telephony.place(orderOf(unset))).toMatchObject({
      kind: 'refused',
      because: 'later',
    });
    expect(aircall.sent.map(({ method }) => method)).toEqual(['GET', 'GET']);
    expect(await telephony.place(orderOf(unset))).toMatchObject({ kind: 'accepted' });
  });

  it('the agent is found by e-mail with their first number, once for many calls', async () => {
    const { telephony, sent, asked } = open(user, numbers(1234, 1235), answer(204));
    await telephony.place(orderOf(unset));
    await telephony.place(orderOf(unset));
    expect(asked()).toEqual([
      'GET /v2/users/alex%40outdial.example',
      'GET /v2/users/456/numbers',
      'POST /v1/users/456/calls',
      'POST /v1/users/456/calls',
    ]);
    expect(sent[2]?.body).toEqual({ number_id: 1234, to: '+12025550143' });
  });

  it('the agent is looked up again after some minutes, because an admin may have changed it', async () => {
    const { telephony, asked } = open(user, numbers(1), answer(204), user, numbers(2), answer(204));
    await telephony.place(orderOf(unset));
    await vi.advanceTimersByTimeAsync(11 * 60_000);
    await telephony.place(orderOf(unset));
    expect(asked()).toHaveLength(6);
  });

  it.each([
    ['Aircall has no user with that e-mail', [answer(404, { error: 'Not Found' })]],
    ['their user has no number', [user, numbers()]],
  ])('placing says what to fix when %s', async (_, script) => {
    const { telephony } = open(...script);
    const placed = await telephony.place(orderOf(unset));
    expect(placed).toMatchObject({ kind: 'refused', because: 'configuration' });
    expect(JSON.stringify(placed)).not.toContain('alex@');
  });

  it('placing says what to fix when the agent’s number id is invalid', async () => {
    const { telephony, asked } = open(answer(204));
    const placed = await telephony.place(orderOf(agentOf({ providerNumberId: '+12025550100' })));
    expect(placed).toMatchObject({ kind: 'refused', because: 'configuration' });
    expect(asked()).toEqual([]);
  });

  it.each([
    ['is down', answer(503), 'later'],
    ['cannot be reached', connectionError('ECONNRESET'), 'later'],
    ['does not accept our key', answer(403, { message: 'Forbidden' }), 'configuration'],
  ] as const)('no phone rings when Aircall %s before the order', async (_, reply, because) => {
    const { telephony, asked } = open(reply);
    expect(await telephony.place(orderOf(unset))).toMatchObject({ kind: 'refused', because });
    expect(asked()).toEqual(['GET /v2/users/alex%40outdial.example']);
  });

  it.each([
    ['Number not found', 'configuration'],
    ['User is not assigned to this number', 'configuration'],
    ['Number is not active', 'configuration'],
    ['Invalid number to dial', 'number'],
    ['+1 202 555 0143 is not a valid phone number', 'number'],
    ['', 'number'],
  ] as const)('reads a 400 that says "%s" as %s', async (troubleshoot, because) => {
    const { telephony } = open(answer(400, { error: 'Bad Request', troubleshoot }));
    const placed = await telephony.place(orderOf());
    expect(placed).toMatchObject({ kind: 'refused', because });
    expect(JSON.stringify(placed)).not.toMatch(/555/);
  });

  it.each([
    ['in_call', 'agent_busy'],
    ['after_call_work', 'agent_busy'],
    ['available', 'later'],
    ['something_new', 'agent_busy'],
    ['do_not_disturb', 'agent_absent'],
    ['offline', 'agent_absent'],
  ])('asks what the agent does when they cannot take it: %s', async (availability, because) => {
    const { telephony, asked } = open(answer(405, { error: 'x' }), answer(200, { availability }));
    expect(await telephony.place(orderOf())).toMatchObject({ kind: 'refused', because });
    expect(asked()).toEqual(['POST /v1/users/456/calls', 'GET /v1/users/456/availability']);
  });

  it("a refused call carries Aircall's Retry-After", async () => {
    const { telephony } = open(answer(429, {}, { 'retry-after': '12' }));
    expect(await telephony.place(orderOf())).toMatchObject({
      kind: 'refused',
      because: 'later',
      retryAfterSeconds: 12,
    });
  });

  it.each([
    ['no answer comes', 'silence'],
    ['the connection breaks', connectionError('ECONNRESET')],
    ['Aircall has an error', answer(500)],
    ['the answer is garbage', answer(200, '<html>')],
  ] as const)('is unknown, and asked for once only, when %s', async (_, reply) => {
    const { telephony, asked } = open(reply);
    const placing = telephony.place(orderOf());
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await placing).kind).toBe('unknown');
    expect(asked()).toEqual(['POST /v1/users/456/calls']);
  });

  it('a number that Aircall no longer accepts is forgotten, so that a corrected one is found', async () => {
    const gone = answer(400, { error: 'Bad Request', troubleshoot: 'Number not found' });
    const { telephony, sent } = open(user, numbers(1), gone, user, numbers(2), answer(204));
    await telephony.place(orderOf(unset));
    expect((await telephony.place(orderOf(unset))).kind).toBe('accepted');
    expect(sent.at(-1)?.body).toMatchObject({ number_id: 2 });
  });

  it("Aircall's answers are logged under the pii key only", async () => {
    const said = 'Invalid number to dial: +12025550143';
    const { telephony, logged } = open(answer(400, { error: 'Bad Request', troubleshoot: said }));
    await telephony.place(orderOf());
    const [fields, message] = logged[0] as [{ pii: unknown }, string];
    expect(fields.pii).toEqual({ to: '+12025550143', said: `${said} / Bad Request` });
    expect(JSON.stringify([{ ...fields, pii: null }, message])).not.toContain('555');
  });
});

describe('may the agent take a call?', () => {
  it.each([
    ['available', { kind: 'ready' }],
    ['in_call', { kind: 'busy' }],
    ['after_call_work', { kind: 'busy' }],
    ['a_word_from_the_future', { kind: 'busy' }],
    ['do_not_disturb', { kind: 'away', because: 'do_not_disturb' }],
    ['offline', { kind: 'away', because: 'offline' }],
  ])('%s', async (availability, expected) => {
    const { telephony } = open(answer(200, { availability }));
    expect(await telephony.availability(agentOf())).toMatchObject(expected);
  });

  it.each([
    ['Aircall is down', answer(503)],
    ['our key is refused', answer(401, { message: 'Unauthorized' })],
    ['the answer is garbage', answer(200, { availability: 7 })],
  ])('the availability is unreachable, with the reason, when %s', async (_, reply) => {
    const { telephony } = open(reply);
    const told = await telephony.availability(agentOf());
    expect(told).toMatchObject({ kind: 'unreachable', message: expect.stringMatching(/Aircall/) });
  });

  it('the availability of an agent unknown to Aircall is an error', async () => {
    const { telephony } = open(answer(404, { error: 'Not Found' }));
    expect((await telephony.availability(unset)).kind).toBe('unreachable');
  });
});

describe('looking a call up', () => {
  const seconds = (after: number) => start.getTime() / 1000 + after;
  const call = (change: Readonly<Record<string, unknown>> = {}) => ({
    id: 780000001,
    direction: 'outbound',
    status: 'initial',
    started_at: seconds(2),
    answered_at: null,
    ended_at: null,
    raw_digits: '+1 202-555-0143',
    user: { id: 456 },
    number: { id: 1234, country: 'US' },
    ...change,
  });
  const list = (...calls: unknown[]) => answer(200, { meta: { next_page_link: null }, calls });

  it('a call with a known id is looked up by its id', async () => {
    const { telephony, asked } = open(answer(200, { call: call({ answered_at: seconds(7) }) }));
    const found = await telephony.lookUp(refOf({ providerCallId: '780000001' }));
    expect(found).toEqual({
      kind: 'found',
      facts: {
        providerCallId: '780000001',
        ringingAt: new Date(seconds(2) * 1000),
        answeredAt: new Date(seconds(7) * 1000),
      },
    });
    expect(asked()).toEqual(['GET /v1/calls/780000001']);
  });

  it("a call without an id is searched among the agent's calls", async () => {
    const { telephony, sent } = open(list(call({ raw_digits: '+1 202-555-0199', id: 2 }), call()));
    const found = await telephony.lookUp(refOf());
    expect(found).toMatchObject({ kind: 'found', facts: { providerCallId: '780000001' } });
    expect(Object.fromEntries(sent[0]?.url.searchParams ?? [])).toMatchObject({
      direction: 'outbound',
      user_id: '456',
      from: String(seconds(-5)),
      order: 'desc',
    });
  });

  it('the look-up takes the call nearest to our order when the agent called the lead again by hand', async () => {
    const { telephony } = open(list(call({ id: 2, started_at: seconds(60) }), call({ id: 1 })));
    expect(await telephony.lookUp(refOf())).toMatchObject({ facts: { providerCallId: '1' } });
  });

  it.each([
    ['to another number', { raw_digits: '+1 202-555-0144' }],
    ['of a colleague', { user: { id: 457 } }],
    ['from before', { started_at: seconds(-6) }],
    ['from long after, such as a later attempt', { started_at: seconds(900) }],
    ['that came in', { direction: 'inbound' }],
  ])('does not take a call %s for ours', async (_, change) => {
    const { telephony } = open(list(call(change)));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await telephony.lookUp(refOf())).toEqual({ kind: 'not_found' });
  });

  it('a call that may still appear is not reported as missing', async () => {
    const { telephony } = open(list());
    await vi.advanceTimersByTimeAsync(9_999);
    expect((await telephony.lookUp(refOf())).kind).toBe('unreachable');
    await vi.advanceTimersByTimeAsync(1);
    expect(await telephony.lookUp(refOf())).toEqual({ kind: 'not_found' });
  });

  it.each([
    ['Aircall is down', answer(503)],
    ['the answer is garbage', answer(200, '<html>')],
    ['the list is not there', answer(200, { meta: {} })],
    ['the way there is wrong', answer(404, { message: 'Not Found' })],
    ['our key is refused', answer(403, { message: 'Forbidden' })],
  ])('never says that there is no call when %s', async (_, reply) => {
    const { telephony } = open(reply);
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await telephony.lookUp(refOf())).kind).toBe('unreachable');
    expect((await telephony.lookUp(refOf({ providerCallId: '1' }))).kind).toBe('unreachable');
  });

  it('a call id unknown to Aircall is reported as missing', async () => {
    const { telephony } = open(answer(404, { error: 'Not Found', troubleshoot: 'Call not found' }));
    const ref = refOf({ providerCallId: '1' });
    expect(await telephony.lookUp(ref)).toEqual({ kind: 'not_found' });
  });
});

describe('ending a call', () => {
  it('hanging up is not supported, and nothing is sent', async () => {
    const { telephony, asked } = open(available);
    const ref = refOf({ providerCallId: '1' });
    expect(await telephony.hangUp(ref)).toEqual({ kind: 'unsupported' });
    expect(asked()).toEqual([]);
  });
});
