import { setTimeout as sleep } from 'node:timers/promises';
import { Chance } from '../worlds/chance.js';
import type { Fault } from './run-fault.js';
import {
  BAD_API,
  BAD_WEBHOOKS,
  type Blow,
  callsAreUnderWay,
  cutDatabaseConnections,
  cutHttpConnections,
  flushRedis,
  killOneNode,
  lockCalls,
  loseWebhooks,
  misbehave,
  nodesOf,
  pauseOneNode,
  restartPostgres,
  restartRedis,
  takeRedisAway,
  team,
  withWrongClock,
} from './schedules.js';

const BLOWS: readonly (readonly [name: string, blow: Blow])[] = [
  ['node killed', killOneNode],
  ['node killed', killOneNode],
  ['node stands still', pauseOneNode],
  ['PostgreSQL restarted', restartPostgres('fast')],
  ['PostgreSQL crashed', restartPostgres('immediate')],
  ['Redis restarted', restartRedis],
  ['Redis flushed', flushRedis],
  ['Redis away', takeRedisAway],
  ['provider misbehaves', misbehave(BAD_API, 5_000)],
  ['webhooks late', loseWebhooks({ ...BAD_WEBHOOKS, delaySeconds: 200 }, 3_000)],
  ['HTTP cut', cutHttpConnections(15, 4_000)],
  ['database connections cut', cutDatabaseConnections],
  ['database slow', lockCalls(2_000)],
];

/** A random day: how many nodes and agents, what is bad all day, and blows at moments of the seed's choice. */
export function randomFault(seed: number): Fault {
  const chance = new Chance(seed);
  const nodes = chance.pick([1, 2, 2, 3]);
  const agents = chance.whole(5, 50);
  const work = team(agents, agents * chance.whole(3, 8));
  const eventFaults = chance.happens(0.7)
    ? { ...BAD_WEBHOOKS, dropPercent: chance.whole(0, 15) }
    : { dropPercent: 5 };
  const blows = Array.from({ length: chance.whole(2, 6) }, () => ({
    after: chance.between(100, 4_000),
    /** It comes while the one before is at work. */
    meets: chance.happens(0.3),
    what: chance.pick(BLOWS),
  }));
  const wrongByMs = nodes > 1 && chance.happens(0.3) ? chance.pick([-60_000, 60_000]) : 0;
  const names = blows.map(({ what: [name] }) => name).join(', ');
  const clock = wrongByMs === 0 ? '' : ', clock of a node wrong';
  return {
    title: `seed ${seed}: ${nodes} nodes, ${agents} agents${clock}: ${names}`,
    ...nodesOf(work, {
      nodes,
      database: 'own server',
      provider: { agents, seed, speed: 15, eventFaults },
      ...(wrongByMs !== 0 && withWrongClock(wrongByMs)),
    }),
    quietWithin: 300_000,
    async strike(installation) {
      await callsAreUnderWay(installation);
      let underWay: Promise<unknown> = Promise.resolve();
      for (const [index, { after, meets, what }] of blows.entries()) {
        await sleep(after);
        // A database is restarted by one at a time.
        if (!meets || what[0].startsWith('PostgreSQL')) await underWay;
        underWay = Promise.all([underWay, what[1](installation, new Chance(seed + index))]);
      }
      await underWay;
    },
  };
}
