import { setTimeout as sleep } from 'node:timers/promises';
import type { DialerPorts } from '@outdial/core';
import pg from 'pg';
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
  { quick, note }: BenchOptions,
  { what, lines, stopwatch }: { what: string; lines: number; stopwatch: () => Stopwatch },
  goals: { readonly p50?: number; readonly p99: number },
): Promise<Figure[]> {
  return onPostgres(async (database) => {
    const { agentIds, queueId } = await fillFloor(database, { agents: AGENTS, leads: 60_000 });
    const watch = stopwatch();
    const floor = await openFloor(database, { speed: SPEED }, (ports) => watched(ports, watch));
    const client = new pg.Client(database.url ?? '');
    await client.connect();
    try {
      const agents = await bringUp(floor, agentIds, queueId, lines);
      note(`${agents} agents make about ${CALLS_A_SECOND} calls a second`);
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
          ...(goal !== undefined && { goal: { says: `under ${goal} ms`, reached: value < goal } }),
        };
      };
      return [figure(0.5, goals.p50), figure(0.99, goals.p99)];
    } finally {
      await client.end();
      await floor.close();
    }
  });
}

/** The dialer's ports, seen by a watcher: when an event is handed in, and when the phones are asked for something. */
function watched(ports: DialerPorts, watcher: Watcher): DialerPorts {
  return {
    ...ports,
    inbox: {
      ...ports.inbox,
      store(event) {
        const at = performance.now();
        const said = ports.telephony.interpret(event.payload);
        if (said.kind === 'call' && said.match.callId !== undefined) {
          const { facts, match } = said;
          if (facts.endedAt !== undefined) watcher.told('ended', match.callId ?? '', at);
          else if (facts.answeredBy === 'PERSON') watcher.told('answered', match.callId ?? '', at);
        }
        return ports.inbox.store(event);
      },
    },
    telephony: {
      ...ports.telephony,
      place(order) {
        watcher.placed(order.callId, order.agent.id, performance.now());
        return ports.telephony.place(order);
      },
      hangUp(ref) {
        watcher.hungUp(ref.callId, ref.agent.id, performance.now());
        return ports.telephony.hangUp(ref);
      },
    },
  };
}

/** Starts sessions until the floor makes the calls; answers with how many agents. */
async function bringUp(
  floor: RunningFloor,
  agentIds: readonly string[],
  queueId: string,
  lines: number,
): Promise<number> {
  const step = 5;
  for (let agents = 0; agents < agentIds.length; agents += step) {
    await floor.startSessions(agentIds.slice(agents, agents + step), queueId, lines);
    // Their first calls do not end at once.
    await sleep(2_000);
    if ((await rateOver(floor, 3)) >= CALLS_A_SECOND) return agents + step;
  }
  return agentIds.length;
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
