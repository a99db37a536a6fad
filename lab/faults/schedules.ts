import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ApiFaultInput, EventFaults } from '@outdial/aircall/mock';
import { sql } from 'kysely';
import { AS_BUILT, type Environment } from '../server/outdial-server.js';
import { AT_ONCE } from '../server/small-queue.js';
import { until } from '../server/until.js';
import { Chance } from '../worlds/chance.js';
import { asAdministrator } from './administrator.js';
import type { Work } from './begin-work.js';
import type { Installation, InstallationPlan } from './installation.js';
import type { Fault } from './run-fault.js';

const WRONG_CLOCK = fileURLToPath(new URL('./wrong-clock.mjs', import.meta.url));
const MINUTE_MS = 60_000;

export const team = (agents: number, leads: number): Work => ({
  agents,
  leads,
  lines: 1,
  settings: AT_ONCE,
  oneByOne: 20,
});

/** Two nodes and so many agents, unless told otherwise. */
export function nodesOf(
  work: Work,
  more: Partial<InstallationPlan> = {},
): Pick<Fault, 'plan' | 'work'> {
  return { work, plan: { nodes: 2, provider: { agents: work.agents }, ...more } };
}

type Strike = (installation: Installation) => Promise<void>;

const oneAfterAnother =
  (...strikes: readonly Strike[]): Strike =>
  async (installation) => {
    for (const strike of strikes) await strike(installation);
  };

/** What is done to an installation, and undone again, so that the next blow finds it whole. */
export type Blow = (installation: Installation, chance: Chance) => Promise<void>;

/** Waits for a live call: a fault before the first call hits nothing. */
export const callsAreUnderWay = ({ account }: Installation, atLeast = 5): Promise<boolean> =>
  until(
    'calls are under way',
    async () => ((await account?.books())?.calls.length ?? 0) >= atLeast,
    { timeoutMs: 120_000 },
  );

export const killOneNode: Blow = async ({ nodes }, chance) => {
  const node = chance.pick(nodes);
  // Another blow may have it down already; that one starts it again.
  if (!node.isRunning()) return;
  await node.kill();
  await sleep(chance.between(0, 2_000));
  // What it needs may be down just then; the operator tries again.
  await until('the node starts again', () => node.start().then(() => true), { timeoutMs: 120_000 });
};

/** A call that was taken for placing is closed by another node 40 s and two sweeps after that. */
const LONGER_THAN_DEADLINES_MS = 55_000;

/**
 * As when its machine is paused: it says nothing, lets go of nothing, and goes on as if no time had passed, when others have
 * long looked for its calls and closed them.
 */
export const pauseOneNode: Blow = async ({ nodes }, chance) => {
  const node = chance.pick(nodes);
  node.signal('SIGSTOP');
  await sleep(LONGER_THAN_DEADLINES_MS);
  node.signal('SIGCONT');
};

export const restartPostgres =
  (mode: 'fast' | 'immediate'): Blow =>
  async ({ postgres }) =>
    void (await postgres?.restart(mode));

export const restartRedis: Blow = async ({ redis }) => redis?.restart();
export const flushRedis: Blow = async ({ redis }) => redis?.flush();
export const takeRedisAway: Blow = async ({ redis }, chance) => {
  await redis?.kill();
  await sleep(chance.between(3_000, 8_000));
  await redis?.restart();
};

export const misbehave =
  (faults: readonly ApiFaultInput[], forMs: number): Blow =>
  async ({ account }) => {
    for (const fault of faults) await account?.addApiFault(fault);
    await sleep(forMs);
    await account?.clearApiFaults();
  };

export const loseWebhooks =
  (faults: Partial<EventFaults>, forMs: number): Blow =>
  async ({ account }) => {
    const before = account?.plan.eventFaults ?? {};
    await account?.setEventFaults(faults);
    await sleep(forMs);
    await account?.setEventFaults({ ...NO_WEBHOOK_FAULTS, ...before });
  };

const NO_WEBHOOK_FAULTS: Partial<EventFaults> = {
  duplicatePercent: 0,
  dropPercent: 0,
  delaySeconds: 0,
  shuffleWindowSeconds: 0,
  shufflePercent: 100,
};

/** Every connection of the nodes to their database breaks at once. */
export const cutDatabaseConnections: Blow = (installation) =>
  asAdministrator(installation, async (db) => {
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name = 'outdial'
    `.execute(db);
  });

/** No node can read or write calls for a while: statements pile up, and the connections run out. */
export const lockCalls =
  (forMs: number): Blow =>
  (installation) =>
    asAdministrator(installation, (db) =>
      db.transaction().execute(async (tx) => {
        await sql`lock table calls in access exclusive mode`.execute(tx);
        await sleep(forMs);
      }),
    );

export const cutHttpConnections =
  (percent: number, forMs: number): Blow =>
  async ({ door }, chance) => {
    door.cutConnections(percent, () => chance.fraction());
    await sleep(forMs);
    door.cutConnections(0, () => 1);
  };

/** The same blow several times, at moments that the seed chooses. */
export const atRandom =
  (
    blow: Blow,
    { times, seed, apartMs = 3_000 }: { times: number; seed: number; apartMs?: number },
  ) =>
  async (installation: Installation): Promise<void> => {
    const chance = new Chance(seed);
    await callsAreUnderWay(installation);
    for (let time = 0; time < times; time += 1) {
      await sleep(chance.between(200, apartMs));
      await blow(installation, chance);
    }
  };

const ANY = { method: '*', path: '/v*' };
const ORDERS = { method: 'POST', path: '/v1/users/:id/calls' };
/** In the provider's own seconds, of which 25 pass in one of ours. */
const MINUTES = 60;

/** Everything that the provider's API can do wrong: so many percent of the requests each. */
export const BAD_API: readonly ApiFaultInput[] = [
  { ...ANY, mode: 'status', status: 429, percent: 5 },
  { ...ANY, mode: 'status', status: 500, percent: 5 },
  { ...ANY, mode: 'garbage', percent: 5 },
  { ...ANY, mode: 'cut', percent: 5 },
  { ...ANY, mode: 'late', delaySeconds: 2 * MINUTES, percent: 5 },
  { ...ORDERS, mode: 'status', status: 500, executed: true, percent: 5 },
  { ...ORDERS, mode: 'never', executed: true, percent: 3 },
  { ...ORDERS, mode: 'late', executed: true, delaySeconds: 2 * MINUTES, percent: 5 },
];

export const BAD_WEBHOOKS: Partial<EventFaults> = {
  duplicatePercent: 20,
  dropPercent: 10,
  shufflePercent: 30,
  shuffleWindowSeconds: 3 * MINUTES,
};

/** The clock of the second node is wrong. */
export const withWrongClock = (
  byMs: number,
): Required<Pick<InstallationPlan, 'program' | 'envOfNode'>> => ({
  program: ['--import', WRONG_CLOCK, ...AS_BUILT],
  envOfNode: (index): Environment => (index === 1 ? { CLOCK_WRONG_BY_MS: String(byMs) } : {}),
});

/** What the fault tests live through on every run, besides the kill points. */
export const SCHEDULES: readonly Fault[] = [
  {
    title: 'one of two nodes killed at random, 50 agents, 5 % of webhooks lost',
    ...nodesOf(team(50, 300), {
      provider: { agents: 50, speed: 15, eventFaults: { dropPercent: 5 } },
    }),
    strike: atRandom(killOneNode, { times: 4, seed: 11, apartMs: 2_000 }),
  },
  {
    title: 'PostgreSQL restarted, and crashed, under one node',
    ...nodesOf(team(12, 70), { nodes: 1, database: 'own server' }),
    strike: oneAfterAnother(
      atRandom(restartPostgres('fast'), { times: 1, seed: 12 }),
      atRandom(restartPostgres('immediate'), { times: 2, seed: 13 }),
    ),
  },
  {
    title: 'PostgreSQL crashed under two nodes',
    ...nodesOf(team(12, 70), { database: 'own server' }),
    strike: atRandom(restartPostgres('immediate'), { times: 2, seed: 14 }),
  },
  {
    title: 'Redis restarted, flushed, and gone for a while',
    ...nodesOf(team(12, 90)),
    strike: oneAfterAnother(
      atRandom(restartRedis, { times: 1, seed: 15 }),
      atRandom(flushRedis, { times: 2, seed: 16 }),
      atRandom(takeRedisAway, { times: 1, seed: 17 }),
    ),
  },
  {
    title: 'provider takes so few requests a minute, and says so',
    ...nodesOf(team(10, 40), { provider: { agents: 10, requestsPerMinute: 90 } }),
    strike: async (installation) => void (await callsAreUnderWay(installation)),
  },
  {
    title: 'provider answers with errors, garbage, nothing, or late',
    ...nodesOf(team(12, 60)),
    strike: atRandom(misbehave(BAD_API, 10_000), { times: 1, seed: 18 }),
  },
  {
    title: 'webhooks twice, shuffled, lost, and minutes late',
    ...nodesOf(team(12, 70), { provider: { agents: 12, eventFaults: BAD_WEBHOOKS } }),
    strike: atRandom(loseWebhooks({ ...BAD_WEBHOOKS, delaySeconds: 5 * MINUTES }, 5_000), {
      times: 1,
      seed: 19,
    }),
  },
  wrongClock(MINUTE_MS),
  wrongClock(-MINUTE_MS),
  {
    title: 'connections cut: between people, webhooks and nodes, and to the database',
    ...nodesOf(team(12, 70)),
    strike: oneAfterAnother(
      atRandom(cutHttpConnections(10, 5_000), { times: 1, seed: 20 }),
      atRandom(cutDatabaseConnections, { times: 2, seed: 21 }),
    ),
  },
  {
    title: 'database that answers no query for seconds',
    ...nodesOf(team(12, 70)),
    strike: atRandom(lockCalls(3_000), { times: 2, seed: 22 }),
  },
];

/** Those that take too long for every run. */
export const LONG_SCHEDULES: readonly Fault[] = [
  {
    title: 'one of two nodes stands still for a minute, and goes on',
    ...nodesOf(team(20, 140)),
    strike: atRandom(pauseOneNode, { times: 1, seed: 24, apartMs: 1_000 }),
  },
];

function wrongClock(byMs: number): Fault {
  return {
    title: `clock of one of two nodes a minute ${byMs > 0 ? 'ahead' : 'behind'}`,
    ...nodesOf(team(12, 70), withWrongClock(byMs)),
    strike: atRandom(killOneNode, { times: 1, seed: 23 }),
  };
}
