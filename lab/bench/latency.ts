import { setTimeout as sleep } from 'node:timers/promises';
import { aroundCarriers, type DialerPorts, type NewProviderEvent } from '@outdial/core';
import pg from 'pg';
import { replaceMethods } from '../faults/replace-methods.js';
import { type BenchOptions, type Figure, percentile } from './figures.js';
import { fillFloor, onPostgres, openFloor, type RunningFloor } from './floor.js';

/** What a watcher sees pass between the dialer and the phones. */
export interface Watcher {
  /** The provider told something of a call; the program has it from this moment on. */
  told(what: 'ended' | 'answered', callId: string, at: number): void;
  placed(callId: string, agentId: string, at: number): void;
  hungUp(callId: string, agentId: string, at: number): void;
}

/** Milliseconds of what is measured, gathered from now on. */
export interface Stopwatch extends Watcher {
  readonly milliseconds: number[];
}

const SPEED = 30;
const CALLS_A_SECOND = 100;
const AGENTS = 400;

/**
 * Runs a floor at about 100 calls a second, as many agents as that takes, and answers what `stopwatch` gathered while it did,
 * beside the round trip of one bare committed INSERT at the same time.
 */
export async function measureAtHundred(
  { quick, commitMs, note }: BenchOptions,
  { what, lines, stopwatch }: { what: string; lines: number; stopwatch: () => Stopwatch },
  goals: { readonly p50?: number; readonly p99: number; readonly commits: number },
): Promise<Figure[]> {
  return onPostgres(
    async (database) => {
      const { agentIds, queueId } = await fillFloor(database, { agents: AGENTS, leads: 60_000 });
      const watch = stopwatch();
      const floor = await openFloor(database, { speed: SPEED }, (ports) => watched(ports, watch));
      const client = new pg.Client(database.url ?? '');
      await client.connect();
      try {
        const agents = await bringUp(floor, agentIds, queueId, lines);
        note(`${agents} agents are at work`);
        watch.milliseconds.length = 0;
        const [rate, bare] = await Promise.all([
          rateOver(floor, quick ? 8 : 30),
          bareRoundTrips(client, quick ? 8 : 30),
        ]);
        const measured = watch.milliseconds.slice();
        if (measured.length < 50) throw new Error(`Only ${measured.length} were measured.`);
        const figure = (share: number, goal: number | undefined): Figure => {
          const value = percentile(measured, share);
          return {
            what: `${what}, p${share * 100} of ${measured.length.toLocaleString('en')} at ${Math.round(rate)} calls/s`,
            value,
            unit: 'ms',
            yardstick: {
              what: 'a bare committed INSERT meanwhile',
              value: percentile(bare, share),
              unit: 'ms',
            },
            ...(goal !== undefined && {
              goal: { says: `under ${goal} ms`, reached: value < goal },
            }),
          };
        };
        // Milliseconds are goals of the disk as it is; how many commits they come to is one of every disk.
        const goal = (ms: number | undefined) => (commitMs > 0 ? undefined : ms);
        const commits = percentile(measured, 0.5) / percentile(bare, 0.5);
        return [
          figure(0.5, goal(goals.p50)),
          figure(0.99, goal(goals.p99)),
          {
            what: `${what}, p50, in bare committed INSERTs (p50)`,
            value: commits,
            unit: 'times',
            goal: { says: `at most ${goals.commits} times`, reached: commits <= goals.commits },
          },
        ];
      } finally {
        await client.end();
        await floor.close();
      }
    },
    { commitMs },
  );
}

/** The dialer's ports, seen by a watcher: when an event is handed in, and when the phones are asked for something. */
function watched(ports: DialerPorts, watcher: Watcher): DialerPorts {
  const handedIn = (event: NewProviderEvent): void => {
    const at = performance.now();
    const said = ports.carriers.of(event.provider).interpret(event.payload);
    if (said.kind !== 'call' || said.match.callId === undefined) return;
    const { facts, match } = said;
    if (facts.endedAt !== undefined) watcher.told('ended', match.callId ?? '', at);
    else if (facts.answeredBy === 'PERSON') watcher.told('answered', match.callId ?? '', at);
  };
  /** Events that the store was offered on their arrival; what it does not take goes to the inbox, later. */
  const offered = new Set<string>();
  return {
    ...ports,
    store: {
      ...ports.store,
      async changeOnArrival(event, which, decide) {
        handedIn(event);
        offered.add(event.id);
        const applied = await ports.store.changeOnArrival(event, which, decide);
        if (applied !== 'not_now') offered.delete(event.id);
        return applied;
      },
    },
    inbox: {
      ...ports.inbox,
      store(event) {
        if (!offered.delete(event.id)) handedIn(event);
        return ports.inbox.store(event);
      },
    },
    carriers: aroundCarriers(ports.carriers, (telephony) =>
      replaceMethods(telephony, {
        place(order) {
          watcher.placed(order.callId, order.agent.id, performance.now());
          return telephony.place(order);
        },
        hangUp(ref) {
          watcher.hungUp(ref.callId, ref.agent.id, performance.now());
          return telephony.hangUp(ref);
        },
      }),
    ),
  };
}

/** Of what the machine can do at most: beyond it is the length of the line that is measured, which grows with the agents. */
const SHARE_OF_MOST = 0.7;
/** Longer than it takes on any machine that was seen; then it is measured with the agents that are there. */
const BRING_UP_AT_MOST_MS = 120_000;

/**
 * Starts sessions until the floor makes the calls, or more agents no longer make more calls, as on a slow or a busy machine: then as many
 * pause as leave it `SHARE_OF_MOST` of that. Answers with how many agents are at work. Each step goes half of the way that the rate so far
 * promises, so that few are needed on any machine.
 */
async function bringUp(
  floor: RunningFloor,
  agentIds: readonly string[],
  queueId: string,
  lines: number,
): Promise<number> {
  const sessions: string[] = [];
  let rate = 0;
  /** What one agent makes while the machine has room. */
  let each = 0;
  const until = performance.now() + BRING_UP_AT_MOST_MS;
  for (let step = 5; sessions.length < agentIds.length && performance.now() < until; ) {
    const before = { rate, agents: sessions.length };
    const next = agentIds.slice(before.agents, before.agents + step);
    sessions.push(...(await floor.startSessions(next, queueId, lines)));
    const agents = sessions.length;
    // Their first calls do not end at once.
    await sleep(2_000);
    rate = await rateOver(floor, 3);
    each = Math.max(each, rate / agents);
    if (rate >= CALLS_A_SECOND) return agents;
    const grew = agents / before.agents;
    if (grew >= 1.2 && grew < 3 && rate < before.rate * 1.05) {
      const carried = Math.ceil((SHARE_OF_MOST * Math.max(rate, before.rate)) / each);
      await floor.pauseSessions(sessions.slice(carried));
      // What waits is worked through.
      await sleep(5_000);
      return Math.min(carried, agents);
    }
    const wanted = rate > 0 ? (agents * CALLS_A_SECOND) / rate : agents * 2;
    step = Math.max(5, Math.min(agents, Math.ceil((wanted - agents) / 2)));
  }
  return sessions.length;
}

async function rateOver(floor: RunningFloor, seconds: number): Promise<number> {
  const before = await floor.completed();
  const begunAt = performance.now();
  await sleep(seconds * 1_000);
  return (((await floor.completed()) - before) * 1_000) / (performance.now() - begunAt);
}

/** Twenty a second, so that it measures and does not load. */
async function bareRoundTrips(client: pg.Client, seconds: number): Promise<number[]> {
  await client.query('create table bare (id bigserial primary key, payload jsonb not null)');
  const took: number[] = [];
  const until = performance.now() + seconds * 1_000;
  while (performance.now() < until) {
    const begunAt = performance.now();
    await client.query({
      name: 'bare',
      text: 'insert into bare (payload) values ($1)',
      values: ['{"event":"call.ended","data":{"id":1}}'],
    });
    took.push(performance.now() - begunAt);
    await sleep(50);
  }
  return took;
}
