import { once } from 'node:events';
import type { AgentAtCarrier, PlaceOrder, ProviderCallRef } from '@outdial/core';
import { createSimulator, type DeliveredEvent, networkOver, PROFILES } from '@outdial/simulator';
import { realTime } from '@outdial/testing/real-time';
import { type RedisServer, startRedis, testRedis } from '@outdial/testing/services';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterEach, expect, it, vi } from 'vitest';
import { createSharedMemory } from '../../../src/cluster/shared-memory.js';

const AGENT: AgentAtCarrier = {
  id: 'agent-1',
  name: 'Agent 1',
  email: 'agent-1@example.com',
  providerUserId: null,
  providerNumberId: null,
};
const ANSWER_LOST = '+19075550170';
const RINGS_ON: typeof PROFILES.even = {
  ...PROFILES.even,
  weights: { CONNECTED: 1, NO_ANSWER: 0, BUSY: 0, VOICEMAIL: 0, FAILED: 0 },
  postDial: [{ weight: 1, from: 0, to: 0 }],
  answer: [{ weight: 1, from: 20, to: 20 }],
};

const until = (_what: string, fact: () => unknown) =>
  vi.waitUntil(fact, { timeout: 20_000, interval: 5 });

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** One node's simulator on that Redis. */
async function node({ url, prefix }: { url: string; prefix: string }) {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 20,
    lazyConnect: true,
  });
  redis.on('error', () => undefined);
  await redis.connect();
  const warned: object[] = [];
  const log = pino(
    { level: 'warn' },
    { write: (line: string) => void warned.push(JSON.parse(line)) },
  );
  const memory = createSharedMemory({ redis, prefix }, log);
  const shared = networkOver(memory, 'simulator');
  const events: DeliveredEvent[] = [];
  const simulator = createSimulator({
    timers: realTime,
    profile: RINGS_ON,
    deliver: (event) => void events.push(event),
    shared,
  });
  simulator.start();
  closing.push(async () => {
    await simulator.close();
    shared.close();
    memory.close();
    redis.disconnect();
  });
  const told = () => events.map(({ payload }) => payload.event);
  return { simulator, redis, shared, events, told, warned };
}

const order = (callId: string, to = '+14155550100'): PlaceOrder => ({
  callId,
  to,
  agent: AGENT,
  ringSeconds: 25,
  attempt: 1,
});
const refOf = (placed: PlaceOrder, providerCallId: string | null): ProviderCallRef => ({
  ...placed,
  providerCallId,
  dialedAt: new Date(),
});

async function place(on: Awaited<ReturnType<typeof node>>, placed: PlaceOrder) {
  const answer = await on.simulator.place(placed);
  return refOf(placed, answer.kind === 'accepted' ? answer.providerCallId : null);
}

/** Until it hears the others: what was told before is lost, as a channel keeps nothing. */
async function listening(on: Awaited<ReturnType<typeof node>>, prefix: string) {
  await until('the node listens', async () => {
    const [, count] = (await on.redis.pubsub(
      'NUMSUB',
      `${prefix}:integrations:simulator:hang-ups`,
    )) as [string, number];
    return count >= 1;
  });
}

it('the node that tells of a call hears at once that another one hung up', async () => {
  const corner = testRedis();
  const [here, there] = [await node(corner), await node(corner)];
  await listening(here, corner.prefix);
  const ref = await place(here, order('call-1'));
  await until('it rings', () => here.told().includes('ringing'));
  expect(await there.simulator.hangUp(ref)).toEqual({ kind: 'done' });
  await until('its end is reported', () => here.told().includes('ended'));
  const stories = await Promise.all([here, there].map(({ simulator }) => simulator.lookUp(ref)));
  expect(stories[0]).toMatchObject({ kind: 'found', facts: { endCause: 'canceled' } });
  expect(stories[1]).toEqual(stories[0]);
});

it('a node that starts later knows what is over, and finds calls whose id was lost', async () => {
  const corner = testRedis();
  const first = await node(corner);
  const ref = await place(first, order('call-1'));
  const lost = await place(first, order('call-2', ANSWER_LOST));
  expect(lost.providerCallId).toBeNull();
  await first.simulator.hangUp(ref);
  await until('Redis has it', async () => (await first.shared.recall('call-2')).providerCallId);
  await first.simulator.close();

  const second = await node(corner);
  expect(await second.simulator.lookUp(ref)).toMatchObject({
    kind: 'found',
    facts: { endCause: 'canceled' },
  });
  expect(await second.simulator.lookUp(lost)).toMatchObject({ kind: 'found' });
  const kept = await Promise.all(
    ['call', 'hung-up'].map((what) =>
      second.redis.pttl(`${corner.prefix}:integrations:simulator:${what}:call-1`),
    ),
  );
  // Nothing stays for ever.
  for (const ms of kept) expect(ms).toBeGreaterThan(14 * 60_000);
});

it('installations that share a Redis do not know each other’s calls', async () => {
  const [one, other] = [testRedis(), testRedis()];
  const [here, there] = [await node(one), await node(other)];
  const lost = await place(here, order('call-1', ANSWER_LOST));
  await until('Redis has it', async () => (await here.shared.recall('call-1')).providerCallId);
  expect(await there.simulator.lookUp(lost)).toEqual({ kind: 'not_found' });
});

it('while Redis is away a node goes by what it knows, says so once, and hears again when it is back', async () => {
  const server: RedisServer = await startRedis();
  closing.push(() => server.stop());
  const corner = { url: server.url, prefix: testRedis().prefix };
  const [here, there] = [await node(corner), await node(corner)];
  await server.kill();
  if (here.redis.status === 'ready') await once(here.redis, 'close');

  const ref = await place(here, order('call-1'));
  expect(await here.simulator.hangUp(ref)).toEqual({ kind: 'done' });
  await until('its end is reported', () => here.told().includes('ended'));
  expect(await here.simulator.lookUp(ref)).toMatchObject({ facts: { endCause: 'canceled' } });
  expect(here.warned).toMatchObject([
    { level: 40, msg: 'Redis is away: integrations go by what this node knows' },
  ]);

  await server.restart();
  await until(
    'both are back',
    () => here.redis.status === 'ready' && there.redis.status === 'ready',
  );
  await until('both listen', async () => {
    const [, count] = (await here.redis.pubsub(
      'NUMSUB',
      `${corner.prefix}:integrations:simulator:hang-ups`,
    )) as [string, number];
    return count === 2;
  });
  const second = await place(here, order('call-2', '+14155550101'));
  await there.simulator.hangUp(second);
  await until('the other hears of it', () => here.told().filter((e) => e === 'ended').length === 2);
});
