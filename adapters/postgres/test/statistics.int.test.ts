import { type CompletedCall, meaningOf, OUTCOMES, type Outcome } from '@outdial/core';
import { savedAs } from '@outdial/testing/builders';
import { claiming, over } from '@outdial/testing/contracts/store-world';
import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { expect, it } from 'vitest';
import {
  addUpCounts,
  createDialerStore,
  createRetention,
  createStatistics,
  type Database,
  type StatsRequest,
  type Totals,
} from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';
import { minutes, NOW, salesFloor } from './sales-floor.js';

const FOUR_DAYS = 4 * 24 * 60;
const DISPOSITIONS = ['Interested', 'Call back', 'Do not call', meaningOf('BUSY').disposition];
const ZONES = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'];

const anOutcome = fc.constantFrom(...OUTCOMES);
const talk = fc.nat(600);
const which = fc.nat(1_000);
/** What may happen to the calls of an office, one thing after the other. */
const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ended' as const),
      session: which,
      minute: fc.nat(FOUR_DAYS),
      outcome: anOutcome,
      talk,
    }),
  },
  fc.record({ kind: fc.constant('live' as const), session: which, minute: fc.nat(FOUR_DAYS) }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('refined' as const),
      call: which,
      disposition: fc.constantFrom(...DISPOSITIONS),
    }),
  },
  fc.record({ kind: fc.constant('corrected' as const), call: which, outcome: anOutcome, talk }),
  fc.record({ kind: fc.constant('deleted' as const), minute: fc.nat(FOUR_DAYS / 4) }),
  fc.record({ kind: fc.constant('added up' as const) }),
);
const period = fc.record({
  from: fc.oneof(
    fc.nat(FOUR_DAYS),
    fc.nat(16 * 6).map((n) => n * 60),
  ),
  length: fc.oneof(fc.nat(50), fc.nat(FOUR_DAYS), fc.constant(24 * 60)),
  timeZone: fc.constantFrom(...ZONES),
  agent: fc.option(which),
  queue: fc.option(which),
});

onEachDatabase('statistics', (db) => {
  it('are the sums over the calls there are, whatever became of the calls and however a period cuts them', async () => {
    const office = await anOffice(db());
    const seed = 20260306;
    const happenings = fc.sample(happening, { numRuns: 220, seed });
    const periods = fc.sample(period, { numRuns: 60, seed });
    for (const [at, each] of happenings.entries()) {
      await office.live(each);
      if (at % 20 !== 19) continue;
      for (const { from, length, timeZone, agent, queue } of periods.splice(0, 5)) {
        const request: StatsRequest = {
          from: minutes(from),
          to: minutes(from + length),
          timeZone,
          ...(agent !== null && { agentId: pick(office.agents, agent) }),
          ...(queue !== null && { queueId: pick(office.queues, queue) }),
        };
        expect(await told(db(), request), `after ${at + 1} happenings`).toEqual(
          await summed(db(), request),
        );
      }
    }
    const everything = { from: minutes(0), to: minutes(FOUR_DAYS + 1) };
    const all = await told(db(), everything);
    expect(all).toEqual(await summed(db(), everything));
    // The histories are worth something.
    expect(all.all?.attempted).toBeGreaterThan(60);
    expect(all.all?.live).toBeGreaterThan(5);
  });
});

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

async function anOffice(db: Kysely<Database>) {
  const floor = salesFloor(db);
  const store = createDialerStore(db);
  const agents = [await floor.agent('Ada'), await floor.agent('Ben'), await floor.agent('Cleo')];
  const queues = [await floor.queue('Spring'), await floor.queue('Autumn')];
  const sessions: { id: string; queueId: string }[] = [];
  for (const agentId of agents) {
    for (const queueId of queues) {
      sessions.push({ id: await floor.session(agentId, queueId, { status: 'STOPPED' }), queueId });
    }
  }
  const ended: CompletedCall[] = [];
  let leads = 0;

  const claim = async (n: number, minute: number) => {
    const session = pick(sessions, n);
    leads += 1;
    await floor.item(session.queueId, await floor.lead(`Lead ${leads}`, leads));
    const filling = claiming(1);
    const applied = await store.fillLines(session.id, NOW, {
      ...filling,
      assess: (candidate, scene) => {
        const judgement = filling.assess(candidate, scene);
        if (judgement.kind === 'hold') return judgement;
        // Seconds as well, so that no bucket begins with a call.
        const queuedAt = new Date(minutes(minute).getTime() + (leads % 60) * 1000);
        return { kind: 'call', call: { ...judgement.call, queuedAt } };
      },
    });
    const [call] = applied?.answer.claimed ?? [];
    if (call === undefined) throw new Error('Nothing was claimed.');
    return call;
  };

  const write = async (call: CompletedCall) => {
    await store.changeByCall(call.id, ({ subject }) => ({
      change: {
        calls: [call],
        items: subject.item ? [{ ...subject.item, state: 'DONE', claimedBySessionId: null }] : [],
      },
      answer: null,
    }));
  };

  return {
    agents,
    queues,
    async live(happening: Happening): Promise<void> {
      switch (happening.kind) {
        case 'live':
          await claim(happening.session, happening.minute);
          break;
        case 'ended': {
          const call = await claim(happening.session, happening.minute);
          const { outcome, talk: talkSeconds } = happening;
          const endedAt = new Date(call.queuedAt.getTime() + 120_000);
          const completed = over(call, { outcome, talkSeconds, endedAt });
          const synced = { ...completed.crm, state: 'SYNCED' as const, dueAt: null };
          const inTheCrm = { ...completed, crm: synced };
          await write(inTheCrm);
          ended.push(inTheCrm);
          break;
        }
        case 'refined':
        case 'corrected': {
          if (ended.length === 0) break;
          const at = happening.call % ended.length;
          const call = ended[at] as CompletedCall;
          const changed: CompletedCall =
            happening.kind === 'corrected'
              ? { ...call, outcome: happening.outcome, talkSeconds: happening.talk }
              : {
                  ...call,
                  disposition: savedAs(happening.disposition, { savedAt: NOW }),
                };
          await write(changed);
          ended[at] = changed;
          break;
        }
        case 'deleted': {
          const callsBefore = minutes(happening.minute);
          const cutoffs = {
            providerEventsBefore: null,
            importsBefore: null,
            callsBefore,
            outsideCallsBefore: null,
            waitsOverBefore: null,
          };
          await createRetention(db).deleteOld(cutoffs, { batchSize: 2 });
          const left = ended.filter(({ endedAt }) => endedAt >= callsBefore);
          ended.splice(0, ended.length, ...left);
          break;
        }
        case 'added up':
          await addUpCounts(db);
          break;
        default: {
          const never: never = happening;
          throw new Error(`Unknown: ${never}`);
        }
      }
    },
  };
}

interface Sums {
  readonly [group: string]: Partial<Totals> | number;
}

/** The statistics, flat, so that order and names do not matter. */
async function told(
  db: Kysely<Database>,
  request: StatsRequest,
): Promise<{ readonly all?: Totals } & Sums> {
  const stats = await createStatistics(db).read(request);
  const plain = ({
    attempted,
    connected,
    failed,
    canceled,
    live,
    talkSeconds,
    connectRate,
  }: Totals) => ({
    attempted,
    connected,
    failed,
    canceled,
    live,
    talkSeconds,
    connectRate,
  });
  return {
    all: plain(stats.totals),
    ...Object.fromEntries([
      ...stats.byOutcome.map(({ outcome, calls }) => [outcome, calls]),
      ...stats.byDisposition.map(({ disposition, calls }) => [`said ${disposition}`, calls]),
      ...stats.byAgent.map((group) => [group.agentId, plain(group)]),
      ...stats.byQueue.map((group) => [group.queueId, plain(group)]),
      ...stats.byHour.map((group) => [`hour ${group.hour}`, plain(group)]),
      ...stats.byDay.map((group) => [group.day, plain(group)]),
    ]),
  };
}

/** The same from the calls, one by one. */
async function summed(db: Kysely<Database>, request: StatsRequest): Promise<Sums> {
  const calls = (await db.selectFrom('calls').selectAll().execute()).filter(
    (call) =>
      call.queued_at >= request.from &&
      call.queued_at < request.to &&
      (request.agentId === undefined || call.agent_id === request.agentId) &&
      (request.queueId === undefined || call.queue_id === request.queueId),
  );
  const local = new Intl.DateTimeFormat('sv', {
    timeZone: request.timeZone ?? 'UTC',
    dateStyle: 'short',
    timeStyle: 'short',
  });
  const groups = new Map<string, typeof calls>([['all', []]]);
  const counts = new Map<string, number>();
  for (const call of calls) {
    const [day = '', time = ''] = local.format(call.queued_at).split(' ');
    for (const group of [
      'all',
      call.agent_id,
      call.queue_id,
      `hour ${Number(time.slice(0, 2))}`,
      day,
    ]) {
      groups.set(group, [...(groups.get(group) ?? []), call]);
    }
    if (call.outcome === null) continue;
    for (const group of [call.outcome, `said ${call.disposition}`]) {
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
  }
  const totals = (group: typeof calls): Totals => {
    const of = (metric: string) =>
      group.filter(
        ({ outcome }) => outcome !== null && meaningOf(outcome as Outcome).metric === metric,
      ).length;
    const [connected, failed, canceled] = [of('connected'), of('failed'), of('canceled')];
    const completed = connected + failed + canceled;
    return {
      attempted: group.length,
      connected,
      failed,
      canceled,
      live: group.filter(({ state }) => state !== 'COMPLETED').length,
      talkSeconds: group.reduce((sum, call) => sum + call.talk_seconds, 0),
      connectRate: completed === 0 ? 0 : connected / completed,
    };
  };
  return Object.fromEntries([
    ...[...groups].map(([name, group]) => [name, totals(group)] as const),
    ...counts,
  ]);
}

function pick<T>(all: readonly T[], n: number): T {
  const one = all[n % all.length];
  if (one === undefined) throw new Error('There is none.');
  return one;
}
