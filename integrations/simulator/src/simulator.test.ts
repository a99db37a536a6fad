import type {
  AgentAtCarrier,
  CallFacts,
  PlaceAnswer,
  PlaceOrder,
  ProviderCallRef,
} from '@outdial/core';
import { realTime } from '@outdial/testing/real-time';
import { createVirtualTime, type VirtualTime } from '@outdial/testing/virtual-time';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  between,
  createSimulator,
  type DeliveredEvent,
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

interface Network {
  readonly simulator: Simulator;
  readonly time: VirtualTime;
  readonly events: DeliveredEvent[];
}

function network(
  options: Partial<SimulatorOptions> = {},
  time = createVirtualTime(START),
): Network {
  const events: DeliveredEvent[] = [];
  const simulator = createSimulator({
    timers: time,
    deliver: (event) => void events.push(event),
    ...options,
  });
  simulator.start();
  return { simulator, time, events };
}

let calls = 0;
function order(to: string, change: Partial<PlaceOrder> = {}): PlaceOrder {
  calls += 1;
  return { callId: `call-${calls}`, to, agent: AGENT, ringSeconds: 25, attempt: 1, ...change };
}

const refOf = (
  placed: PlaceOrder,
  answer: PlaceAnswer | null,
  dialedAt = START,
): ProviderCallRef => ({
  ...placed,
  providerCallId: answer?.kind === 'accepted' ? answer.providerCallId : null,
  dialedAt,
});

function factsOf({ simulator, events }: Network): CallFacts {
  let facts: CallFacts = {};
  for (const { payload } of events) {
    const read = simulator.interpret(payload);
    if (read.kind === 'call') facts = { ...read.facts, ...facts };
  }
  return facts;
}

const kinds = (events: readonly DeliveredEvent[]): readonly string[] =>
  events.map(({ payload }) => payload.event);

test('a restart at any moment changes neither the end of a call nor its instant', async () => {
  const anyRestart = fc.record({
    seed: fc.integer(),
    profile: fc.constantFrom('even' as const, 'realistic' as const),
    to: fc.integer({ min: 0, max: 9_999_999 }).map((n) => `+1415${String(n).padStart(7, '0')}`),
    speed: fc.constantFrom(1, 3, 20),
    restartAfterMs: fc.integer({ min: 0, max: 60_000 }),
    otherOptions: fc.constantFrom<Partial<SimulatorOptions>>({}, { seed: 5, speed: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(anyRestart, async ({ restartAfterMs, otherOptions, to, ...options }) => {
      const undisturbed = network(options);
      const placed = order(to);
      await undisturbed.simulator.place(placed);
      await undisturbed.time.advance(3_600_000);

      const before = network(options);
      const answer = await before.simulator.place(placed);
      await before.time.advance(restartAfterMs);
      await before.simulator.close();
      const after = network({ ...options, ...otherOptions }, before.time);
      const found = await after.simulator.lookUp(refOf(placed, answer));
      await after.time.advance(3_600_000);

      const known = found.kind === 'found' ? found.facts : {};
      const facts = { ...factsOf(before), ...known, ...factsOf(after) };
      expect(facts).toEqual(factsOf(undisturbed));
      const told = [...before.events, ...after.events].map(({ dedupeKey }) => dedupeKey);
      expect(new Set(told).size).toBe(told.length);
      await Promise.all([undisturbed.simulator.close(), after.simulator.close()]);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('without its id a call is not found after a restart, and an unknown id finds no call', async () => {
  const before = network();
  const placed = order(CONNECTED);
  const other = order('+19075550111');
  const answer = await before.simulator.place(placed);
  const strange = await before.simulator.place(other);
  const { simulator } = network({}, before.time);
  for (const ref of [
    refOf(placed, null),
    refOf(placed, strange),
    { ...refOf(placed, answer), to: '+19075550112' },
    { ...refOf(placed, null), providerCallId: 'CA0123456789' },
    { ...refOf(placed, null), providerCallId: 'sim-' },
  ]) {
    expect(await simulator.lookUp(ref)).toEqual({ kind: 'not_found' });
  }
});

test('a rebuilt call can be hung up', async () => {
  const before = network();
  const placed = order(CONNECTED);
  const answer = await before.simulator.place(placed);
  await before.time.advance(9_000);
  await before.simulator.close();
  const after = network({}, before.time);
  expect(await after.simulator.hangUp(refOf(placed, answer))).toEqual({ kind: 'done' });
  await after.time.advance(0);
  expect(factsOf(after)).toMatchObject({
    answeredBy: 'PERSON',
    endCause: 'hangup',
    endedAt: after.time.now(),
  });
});

test('stopping and starting the same network tells what was due meanwhile', async () => {
  const world = network();
  await world.simulator.place(order(CONNECTED));
  await world.simulator.close();
  await world.simulator.close();
  await world.time.advance(120_000);
  expect(world.events).toEqual([]);
  expect(world.time.pending()).toBe(0);
  world.simulator.start();
  await world.time.advance(0);
  expect(kinds(world.events)).toEqual(['ringing', 'answered', 'ended']);
});

test('a network without delays tells nothing before placing was answered', async () => {
  const now = between(0, 0);
  const instant = network({
    profile: { ...PROFILES.even, postDial: now, answer: now, talk: now },
  });
  const answer = await instant.simulator.place(order(CONNECTED));
  expect(answer.kind).toBe('accepted');
  expect(instant.events).toEqual([]);
  await instant.time.advance(0);
  expect(kinds(instant.events)).toEqual(['ringing', 'answered', 'ended']);
});

test('on the real clock a fast network comes to its end by itself', async () => {
  const events: DeliveredEvent[] = [];
  let over = (): void => {};
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  const simulator = createSimulator({
    timers: realTime,
    speed: 1_000,
    deliver(event) {
      events.push(event);
      if (event.payload.event === 'ended') over();
    },
  });
  simulator.start();
  await simulator.place(order(CONNECTED));
  await ended;
  await simulator.close();
  expect(kinds(events)).toEqual(['ringing', 'answered', 'ended']);
});

test('two people in the same network are called independently of the order', async () => {
  const outcomes = async (numbers: readonly string[]): Promise<readonly string[]> => {
    const world = network({ seed: 3 });
    for (const to of numbers)
      await world.simulator.place(order(to, { agent: { ...AGENT, id: to } }));
    await world.time.advance(3_600_000);
    return world.simulator.calls().map(({ to, facts }) => `${to} ${facts.endCause}`);
  };
  const numbers = Array.from({ length: 30 }, (_, index) => `+1415555${1000 + index}`);
  const forwards = await outcomes(numbers);
  const backwards = await outcomes([...numbers].reverse());
  expect([...backwards].reverse()).toEqual(forwards);
});

test('what the network has seen can be counted: every placing, and who is live', async () => {
  const world = network();
  const placed = order(CONNECTED);
  await world.simulator.place(placed);
  await world.time.advance(100);
  await world.simulator.place(placed);
  expect(world.simulator.calls()).toMatchObject([
    { callId: placed.callId, to: CONNECTED, live: true, placedAt: START },
    { callId: placed.callId, to: CONNECTED, live: true },
  ]);
  await world.time.advance(120_000);
  expect(world.simulator.calls().filter(({ live }) => live)).toEqual([]);
});

test('an event that the inbox could not take is sent again', async () => {
  const events: DeliveredEvent[] = [];
  let refusals = 2;
  const { simulator, time } = network({
    async deliver(event) {
      if (refusals-- > 0) throw new Error('the database is away');
      events.push(event);
    },
  });
  await simulator.place(order('+19075550130'));
  await time.advance(60_000);
  expect(kinds(events)).toEqual(['ended']);
});

test('an event that is never accepted is given up and reported', async () => {
  const given: DeliveredEvent[] = [];
  const { simulator, time } = network({
    deliver() {
      throw new Error('no');
    },
    onUndelivered: (event) => void given.push(event),
  });
  await simulator.place(order('+19075550130'));
  await time.advance(3_600_000);
  expect(kinds(given)).toEqual(['ended']);
  expect(time.pending()).toBe(0);
});

test('faults strike as often as they were asked to', async () => {
  const world = network({
    seed: 11,
    faults: {
      duplicateEventsPercent: 10,
      dropEventsPercent: 5,
      loseAnswersPercent: 10,
      loseRequestsPercent: 10,
      refuseLaterPercent: 10,
    },
  });
  const answers: PlaceAnswer[] = [];
  for (let index = 0; index < 2_000; index += 1) {
    const agent = { ...AGENT, id: `agent-${index}` };
    answers.push(await world.simulator.place(order(`+1415${5_550_000 + index}`, { agent })));
  }
  await world.time.advance(3_600_000);
  const count = (kind: string): number => answers.filter((answer) => answer.kind === kind).length;
  expectNear(count('refused'), 200);
  // Of the 90 % that are not refused a tenth is lost before the call, and a tenth of the rest after it.
  expectNear(count('unknown'), 2_000 * 0.9 * (0.1 + 0.9 * 0.1));
  expectNear(world.simulator.calls().length, 2_000 * 0.9 * 0.9);
  const sent = world.simulator
    .calls()
    .reduce(
      (sum, { facts }) => sum + (facts.ringingAt ? 1 : 0) + (facts.answeredAt ? 1 : 0) + 1,
      0,
    );
  const arrived = new Set(world.events.map(({ dedupeKey }) => dedupeKey)).size;
  expectNear(arrived, sent * 0.95);
  expectNear(world.events.length - arrived, arrived * 0.1);
});

test('a shuffled event comes after the next one that does come', async () => {
  const world = network({ faults: { shuffleEventsPercent: 100 } });
  await world.simulator.place(order(CONNECTED));
  await world.time.advance(120_000);
  expect(kinds(world.events)).toEqual(['ended', 'ringing', 'answered']);
});

test('an unruly number tells everything twice, and the end first', async () => {
  const world = network();
  await world.simulator.place(order('+19075550195'));
  await world.time.advance(120_000);
  expect(kinds(world.events)).toEqual([
    'ended',
    'ringing',
    'ringing',
    'answered',
    'answered',
    'ended',
  ]);
});

test('delayed events come late, and all of them come', async () => {
  const world = network({ faults: { delayEventsPercent: 100, delayEventsSeconds: 20 } });
  await world.simulator.place(order('+19075550130'));
  await world.time.runUntil(() => world.events.length > 0);
  const late = world.time.now().getTime() - (factsOf(world).endedAt?.getTime() ?? 0);
  expect(late).toBeGreaterThan(0);
  expect(late).toBeLessThanOrEqual(20_000);
});

test('look-ups and hang-ups fail when asked to, and work when asked again', async () => {
  const { simulator, time } = network({
    seed: 2,
    faults: { failLookUpsPercent: 50, failHangUpsPercent: 50 },
  });
  const placed = order(CONNECTED);
  const ref = refOf(placed, await simulator.place(placed));
  await time.advance(9_000);
  const looks: string[] = [];
  for (let times = 0; times < 40; times += 1) looks.push((await simulator.lookUp(ref)).kind);
  expect(new Set(looks)).toEqual(new Set(['found', 'unreachable']));
  const hangs: string[] = [];
  for (let times = 0; times < 40; times += 1) hangs.push((await simulator.hangUp(ref)).kind);
  expect(new Set(hangs)).toEqual(new Set(['done', 'failed']));
});

test('numbers that misbehave do what the table says', async () => {
  const { simulator, time, events } = network();
  const down = await simulator.place(order('+19075550190'));
  expect(down).toMatchObject({ kind: 'refused', because: 'later' });
  const silent = order('+19075550180');
  const answer = await simulator.place(silent);
  await time.advance(120_000);
  expect(events).toEqual([]);
  expect(await simulator.lookUp(refOf(silent, answer))).toMatchObject({
    kind: 'found',
    facts: { answeredBy: 'PERSON', endCause: 'hangup' },
  });
  const plain = network({ forcedNumbers: false });
  expect((await plain.simulator.place(order('+19075550190'))).kind).toBe('accepted');
});

test('a ring limit ends a call that would have been answered later', async () => {
  const world = network({
    profile: { ...PROFILES.even, postDial: between(1, 1), answer: between(8, 8) },
  });
  await world.simulator.place(order(CONNECTED, { ringSeconds: 5 }));
  await world.time.advance(60_000);
  expect(factsOf(world)).toMatchObject({
    endCause: 'no_answer',
    endedAt: new Date(START.getTime() + 6_000),
  });
});

test('options that make no sense are refused together, in words', () => {
  const create = (): Simulator =>
    createSimulator({
      timers: realTime,
      deliver: () => {},
      speed: 0,
      seed: 1.5,
      profile: { ...PROFILES.even, name: 'mine', talk: between(9, 3) },
    });
  expect(create).toThrow(/talk needs.*seed must be.*speed must be/);
  expect(() =>
    createSimulator({ timers: realTime, deliver: () => {}, faults: { dropEventsPercent: 101 } }),
  ).toThrow(/dropEventsPercent cannot be 101/);
});

function expectNear(found: number, expected: number): void {
  expect(Math.abs(found - expected)).toBeLessThan(4 * Math.sqrt(expected));
}

test('a changed profile counts from the next call on', async () => {
  const world = network();
  world.simulator.setProfile({
    ...PROFILES.even,
    weights: { CONNECTED: 0, NO_ANSWER: 0, BUSY: 1, VOICEMAIL: 0, FAILED: 0 },
  });
  await world.simulator.place(order('+14155550101'));
  await world.time.advance(20_000);
  expect(factsOf(world).endCause).toBe('busy');
  expect(() => world.simulator.setProfile({ ...PROFILES.even, talk: [] })).toThrow('talk');
  await world.simulator.close();
});
