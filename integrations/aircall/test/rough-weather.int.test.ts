import type { ProviderCallRef } from '@outdial/core';
import { afterEach, describe, expect, it } from 'vitest';
import { type AircallInABox, openAircallInABox } from './aircall-in-a-box.js';
import { agentOf } from './far-end.js';

let box: AircallInABox;
afterEach(async () => {
  await box.close();
});

const agent = agentOf();
const to = '+12025550143';
const order = {
  callId: '01950000-0000-7000-8000-000000000001',
  to,
  agent,
  ringSeconds: 25,
  attempt: 1,
};
const talk = { kind: 'answer', afterSeconds: 8, talkSeconds: 20, endedBy: 'agent' } as const;
const calls = '/v1/users/:id/calls';
const refFrom = (dialedAt: Date): ProviderCallRef => ({ ...order, providerCallId: null, dialedAt });

describe('however the answer to placing is lost', () => {
  it.each([
    ['an error that came after the deed', { mode: 'status', status: 500, executed: true }],
    ['garbage', { mode: 'garbage', executed: true }],
    ['a cut connection', { mode: 'cut', executed: true }],
  ] as const)('%s: the call is found, and was made once', async (_, fault) => {
    box = await openAircallInABox();
    box.control.scriptFate(to, talk);
    box.control.addApiFault({ method: 'POST', path: calls, count: 1, ...fault });
    const dialedAt = box.now();
    expect((await box.telephony.place(order)).kind).toBe('unknown');
    await box.advance(60_000);
    expect(await box.telephony.lookUp(refFrom(dialedAt))).toMatchObject({
      kind: 'found',
      facts: { endCause: 'hangup' },
    });
    expect(box.control.callCounts()[to]).toEqual({ ordersAccepted: 1, calls: 1 });
  });

  it('an order without an answer is unknown after ten seconds and not repeated', async () => {
    box = await openAircallInABox();
    box.control.scriptFate(to, talk);
    box.control.addApiFault({ method: 'POST', path: calls, mode: 'never', executed: true });
    const placing = box.telephony.place(order);
    // The order is on its way once the mock has taken it.
    await expect.poll(() => box.control.orders().length).toBe(1);
    await box.advance(10_000);
    expect((await placing).kind).toBe('unknown');
    expect(box.control.orders()).toHaveLength(1);
  });
});

describe('when the account’s requests are used up', () => {
  it.each(['s', 'ms'] as const)(
    'the call is refused for later, with the time told in %s',
    async (unit) => {
      box = await openAircallInABox({
        mock: {
          behaviour: {
            rateLimit: {
              perMinute: 5,
              resetUnit: unit,
              headers: 'when_limited',
              retryAfter: false,
            },
          },
        },
      });
      // Three went to the webhook.
      await box.telephony.client.ping();
      await box.telephony.client.ping();
      const refused = await box.telephony.place(order);
      expect(refused).toMatchObject({ kind: 'refused', because: 'later', retryAfterSeconds: 60 });
      expect(box.control.callCounts()).toEqual({});
      await box.advance(60_000);
      expect((await box.telephony.place(order)).kind).toBe('accepted');
    },
  );
});

describe('an access token instead of a key', () => {
  it('an access token works like an API key', async () => {
    box = await openAircallInABox({ credentials: { kind: 'bearer', accessToken: 'mock-bearer' } });
    expect((await box.telephony.place(order)).kind).toBe('accepted');
  });
});

describe('an agent without a number', () => {
  it('an agent without a number cannot place calls, and the error says so', async () => {
    const users = [{ id: 456, name: 'Alex Agent', email: 'alex@outdial.example', numberIds: [] }];
    box = await openAircallInABox({ mock: { users } });
    const placed = await box.telephony.place({
      ...order,
      agent: agentOf({ providerNumberId: null }),
    });
    expect(placed).toMatchObject({ kind: 'refused', because: 'configuration' });
  });

  it.each([
    ['that does not exist', '999'],
    ['that is not theirs', '1235'],
  ])('or with one %s, neither', async (_, providerNumberId) => {
    box = await openAircallInABox();
    const sam = agentOf({ providerUserId: '457', providerNumberId });
    const placed = await box.telephony.place({ ...order, agent: sam });
    expect(placed).toMatchObject({ kind: 'refused', because: 'configuration' });
  });
});

describe('events as bad days bring them', () => {
  it('duplicated, shuffled and incomplete events give the same facts', async () => {
    box = await openAircallInABox({
      mock: {
        seed: 7,
        behaviour: { rawDigits: 'spaced', rateLimit: { perMinute: 100_000 } },
        eventFaults: { duplicatePercent: 50, shuffleWindowSeconds: 20, hungupOmittedPercent: 50 },
      },
    });
    box.control.scriptFate(to, talk);
    await box.telephony.place(order);
    await box.advance(120_000);
    const told = box.desk.stored
      .map(({ payload }) => box.telephony.interpret(payload))
      .filter((event) => event.kind === 'call');
    const known = Object.assign({}, ...told.map(({ facts }) => facts)) as Record<string, unknown>;
    expect(known).toMatchObject({ endCause: 'hangup', answeredAt: expect.any(Date) });
    expect(new Set(told.map(({ match }) => match.placed?.to))).toEqual(new Set([to]));
  });

  it("events without the agent are completed by the call's id and the look-up", async () => {
    box = await openAircallInABox({ mock: { eventFaults: { userAbsentPercent: 100 } } });
    box.control.scriptFate(to, talk);
    const dialedAt = box.now();
    await box.telephony.place(order);
    await box.advance(60_000);
    for (const { payload } of box.desk.stored) {
      const event = box.telephony.interpret(payload);
      if (event.kind !== 'call') continue;
      expect(event).toMatchObject({
        manualIfUnmatched: false,
        match: { providerCallId: expect.any(String) },
      });
      expect(event.match.placed).toBeUndefined();
    }
    expect((await box.telephony.lookUp(refFrom(dialedAt))).kind).toBe('found');
  });
});

describe('after Aircall has taken its old user endpoints away', () => {
  it("the adapter works without Aircall's old user endpoints", async () => {
    box = await openAircallInABox({
      mock: { behaviour: { v1UserReads: 'gone', rateLimit: { perMinute: 100_000 } } },
    });
    const unset = agentOf({ providerUserId: null, providerNumberId: null });
    expect(await box.telephony.availability(unset)).toEqual({ kind: 'ready' });
    expect((await box.telephony.place({ ...order, agent: unset })).kind).toBe('accepted');
  });
});
