import type {
  AgentAtCarrier,
  CallFacts,
  PlaceAnswer,
  PlaceOrder,
  ProviderCallRef,
} from '@outdial/core';
import { createVirtualTime } from '@outdial/testing/virtual-time';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryNetwork } from '../test/memory-network.js';
import {
  between,
  createSimulator,
  PROFILES,
  type Simulator,
  type SimulatorOptions,
} from './index.js';

const START = new Date('2026-01-15T15:00:00Z');
const AGENT: AgentAtCarrier = {
  id: 'agent-1',
  name: 'Agent 1',
  email: 'agent-1@example.com',
  providerUserId: null,
  providerNumberId: null,
};
const CONNECTED = '+19075550110';
const ANSWER_LOST = '+19075550170';

/** Two processes that carry one network, with one inbox, which takes each event once. */
function twoNodes({ lateMs = 1, ...options }: Partial<SimulatorOptions> & { lateMs?: number }) {
  const time = createVirtualTime(START);
  const shared = createMemoryNetwork(time, lateMs);
  const inbox = new Map<string, { readonly facts: CallFacts; readonly toldBy: number }>();
  const nodes = [1, 2].map((node): Simulator => {
    const simulator = createSimulator({
      timers: time,
      deliver({ dedupeKey, payload }) {
        const read = simulator.interpret(payload);
        if (read.kind !== 'call') throw new Error('A strange event.');
        if (!inbox.has(dedupeKey)) inbox.set(dedupeKey, { facts: read.facts, toldBy: node });
      },
      shared,
      ...options,
    });
    simulator.start();
    return simulator;
  }) as [Simulator, Simulator];
  const told = (): CallFacts =>
    Object.assign({}, ...[...inbox.values()].map(({ facts }) => facts).reverse());
  const close = () => Promise.all(nodes.map((node) => node.close()));
  return { time, nodes, inbox, told, close };
}

const order = (to: string): PlaceOrder => ({
  callId: 'call-1',
  to,
  agent: AGENT,
  ringSeconds: 25,
  attempt: 1,
});

const refOf = (placed: PlaceOrder, answer: PlaceAnswer): ProviderCallRef => ({
  ...placed,
  providerCallId: answer.kind === 'accepted' ? answer.providerCallId : null,
  dialedAt: START,
});

test('whichever node hangs up, and whenever, all nodes and all events tell one story', async () => {
  const anyHangUp = fc.record({
    to: fc.integer({ min: 0, max: 9_999_999 }).map((n) => `+1415${String(n).padStart(7, '0')}`),
    hangUpAfterMs: fc.integer({ min: 0, max: 20_000 }),
    by: fc.constantFrom(0, 1),
    lookedUpBefore: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(anyHangUp, async ({ to, hangUpAfterMs, by, lookedUpBefore }) => {
      const { time, nodes, told, close } = twoNodes({ lateMs: 0 });
      const placed = order(to);
      const ref = refOf(placed, await nodes[0].place(placed));
      if (lookedUpBefore) await nodes[1].lookUp(ref);
      await time.advance(hangUpAfterMs);
      expect(await nodes[by]?.hangUp(ref)).toEqual({ kind: 'done' });
      await time.advance(120_000);
      const stories = await Promise.all(nodes.map((node) => node.lookUp(ref)));
      for (const story of stories) expect(story).toEqual({ kind: 'found', facts: told() });
      // Over by then, whatever was planned.
      expect(told().endedAt?.getTime()).toBeLessThanOrEqual(START.getTime() + hangUpAfterMs);
      await close();
      expect(time.pending()).toBe(0);
    }),
  );
});

test('a call that another node hung up while it rang is not answered', async () => {
  const { time, nodes, inbox, told, close } = twoNodes({});
  const placed = order(CONNECTED);
  const ref = refOf(placed, await nodes[0].place(placed));
  await time.advance(2_000);
  await nodes[1].hangUp(ref);
  await time.advance(60_000);
  expect([...inbox.keys()].map((key) => key.split(':').at(-1))).toEqual(['ringing', 'ended']);
  expect(told()).toMatchObject({
    endedAt: new Date(START.getTime() + 2_000),
    endCause: 'canceled',
  });
  await close();
});

test('a hang-up that came across the answer ends the conversation', async () => {
  const profile = { ...PROFILES.even, answer: between(3, 3), talk: between(40, 40) };
  const { time, nodes, told, close } = twoNodes({ profile, lateMs: 5 });
  const placed = order(CONNECTED);
  const ref = refOf(placed, await nodes[0].place(placed));
  // The other node dies with the news of its hang-up under way; the person answers meanwhile.
  await time.advance(2_998);
  await nodes[1].hangUp(ref);
  await nodes[1].close();
  await time.advance(60_000);
  const { answeredAt, endedAt, endCause } = told();
  expect(answeredAt?.getTime()).toBe(START.getTime() + 3_000);
  expect(endCause).toBe('hangup');
  expect(endedAt?.getTime()).toBeLessThan(START.getTime() + 3_100);
  await close();
});

test('what a dead node hung up is over for the others, though no event ever said so', async () => {
  const { time, nodes, inbox, close } = twoNodes({});
  const placed = order(CONNECTED);
  const ref = refOf(placed, await nodes[0].place(placed));
  await time.advance(2_000);
  await nodes[0].hangUp(ref);
  await nodes[0].close();
  await time.advance(60_000);
  expect(await nodes[1].lookUp(ref)).toMatchObject({
    kind: 'found',
    facts: { endedAt: new Date(START.getTime() + 2_000), endCause: 'canceled' },
  });
  expect([...inbox.keys()].some((key) => key.endsWith(':ended'))).toBe(false);
  await close();
});

test('a call whose placing answer was lost is found by every node', async () => {
  const { time, nodes, close } = twoNodes({});
  const placed = order(ANSWER_LOST);
  const answer = await nodes[0].place(placed);
  expect(answer).toMatchObject({ kind: 'unknown' });
  await time.advance(2_500);
  const [here, there] = await Promise.all(nodes.map((node) => node.lookUp(refOf(placed, answer))));
  expect(there).toMatchObject({ kind: 'found', facts: { ringingAt: expect.any(Date) } });
  expect(there).toEqual(here);
  await close();
});

test('a node that looks a call up also sends its events, so that they outlive the node that placed it', async () => {
  const { time, nodes, inbox, told, close } = twoNodes({});
  const placed = order(CONNECTED);
  const ref = refOf(placed, await nodes[0].place(placed));
  await time.advance(2_000);
  await Promise.all([nodes[1].lookUp(ref), nodes[1].lookUp(ref)]);
  await nodes[0].close();
  await time.advance(60_000);
  expect(told()).toMatchObject({ answeredBy: 'PERSON', endCause: 'hangup' });
  expect([...inbox.values()].map(({ toldBy }) => toldBy)).toEqual([1, 2, 2]);
  expect(nodes[1].calls()).toHaveLength(1);
  await close();
});

test('an agent has so many lines and no more, until one of them is over', async () => {
  const { time, nodes, close } = twoNodes({});
  const numbers = Array.from({ length: 11 }, (_, n) => `+1907555011${n % 10}`);
  const answers: PlaceAnswer[] = [];
  for (const [n, to] of numbers.entries()) {
    answers.push(await nodes[0].place({ ...order(to), callId: `line-${n}` }));
  }
  expect(answers.map(({ kind }) => kind)).toEqual([...Array(10).fill('accepted'), 'refused']);
  await time.advance(120_000);
  const again = await nodes[0].place({ ...order(CONNECTED), callId: 'line-again', attempt: 2 });
  expect(again.kind).toBe('accepted');
  await close();
});
