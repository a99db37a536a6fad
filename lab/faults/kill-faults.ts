import { sql } from 'kysely';
import type { OutdialServer } from '../server/outdial-server.js';
import { AT_ONCE } from '../server/small-queue.js';
import { until } from '../server/until.js';
import { asAdministrator, endSleepers, somebodySleeps } from './administrator.js';
import { type Installation, PREPARED_SERVER } from './installation.js';
import { KILL_POINTS, type KillPoint, writeMoment } from './kill-points.js';
import type { Fault } from './run-fault.js';

/** The points that only a call with several lines comes by, which Aircall does not offer. */
const WITH_LINES: readonly KillPoint[] = [
  'winner decided, losers not canceled',
  'hang-up answered, not written',
];

/** Which passing of the point it dies at: the first of them are alike, so a later one, where there are many. */
const NTH: Partial<Record<KillPoint, number>> = {
  'claim committed, not told': 3,
  'taken for placing, provider not asked': 3,
  'place answered, not written': 2,
  'place answer written, not told': 2,
  'event decided on arrival, not answered': 5,
  'webhook stored, not answered': 7,
  'webhook answered, not processed': 5,
  'event interpreted, not applied': 8,
  'event applied, not told': 6,
  'call completed, CRM not asked': 4,
  'CRM call taken, nothing written': 3,
  'CRM contact written, no activity': 2,
  'CRM activity written, not noted': 4,
  'CRM noted, not told': 3,
  'next round begun, not told': 2,
};

const SMALL = { agents: 3, leads: 10, lines: 1, settings: AT_ONCE, dispositionOneIn: 2 };

/** A node is killed right behind this step, and started again; the point is not there the second time. */
export function killedAt(point: KillPoint, database?: 'embedded'): Fault {
  const withLines = WITH_LINES.includes(point);
  const isAtStart = point === 'starting again, work not looked after';
  const moment = { KILL_AT: writeMoment({ point, nth: NTH[point] ?? 1 }) };
  return {
    title: `node killed: ${point}${database === undefined ? '' : ' (embedded database)'}`,
    plan: {
      provider: withLines ? 'simulator' : { agents: SMALL.agents },
      program: PREPARED_SERVER,
      ...(database !== undefined && { database }),
      ...(withLines && { env: { SIMULATOR_SPEED: '10' } }),
    },
    work: withLines ? { ...SMALL, lines: 3 } : SMALL,
    ...(!isAtStart && { firstStart: moment }),
    async prepare({ account }) {
      if (point !== 'call looked up, not written') return;
      // So that there is something to look up: no event reports how these calls end.
      await account?.setEventFaults({ dropEvents: ['call.hungup', 'call.ended'] });
    },
    async strike({ nodes: [node], account }) {
      if (node === undefined) throw new Error('There is no node.');
      if (isAtStart) {
        await until(
          'calls are under way',
          async () => ((await account?.books())?.calls.length ?? 0) > 3,
          { timeoutMs: 120_000 },
        );
        await node.kill();
        await node.start(moment).then(
          () => Promise.reject(new Error('It was to die while it starts.')),
          () => undefined,
        );
      }
      await dies(node);
      await account?.setEventFaults({ dropEvents: [] });
      await node.start();
    },
  };
}

/** It was not killed from here, so that it dies there proves that it came by. */
const dies = (node: OutdialServer): Promise<boolean> =>
  until('the node comes by the point and dies there', () => !node.isRunning(), {
    timeoutMs: 120_000,
  });

const ORDERS = { method: 'POST', path: '/v1/users/:id/calls', count: 1 };

/** Killed while the provider has the request to place a call, and before its answer could be read. */
export function killedWhilePlacing(executed: boolean): Fault {
  return {
    title: executed
      ? 'node killed: call placed, answer on its way'
      : 'node killed: request to place sent, carried out seconds later',
    plan: { provider: { agents: SMALL.agents } },
    work: SMALL,
    // In the provider's seconds, which pass quickly.
    prepare: async ({ account }) =>
      account?.addApiFault({ ...ORDERS, mode: 'late', executed, delaySeconds: 200 }),
    async strike({ nodes: [node], account }) {
      await until('the provider has the request', async () => (await account?.strikes()) === 1);
      await node?.kill();
      await node?.start();
    },
  };
}

/** Asked to stop, and killed before the live calls were over. */
export const KILLED_WHILE_STOPPING: Fault = {
  title: 'node killed: while it waits for live calls to end',
  plan: { provider: { agents: SMALL.agents, fates: { talkSeconds: [100, 200] } } },
  work: SMALL,
  async strike({ nodes: [node], account }: Installation) {
    await until('calls are under way', async () => {
      const calls = (await account?.books())?.calls ?? [];
      return calls.filter(({ status }) => status === 'answered').length >= 2;
    });
    node?.signal('SIGTERM');
    await until('it says that it waits', () => node?.output().includes('Waiting up to'));
    await node?.kill();
    await node?.start();
  },
};

/** A first start that dies half way through the schema, and a second one that finds what the first left. */
export const KILLED_WHILE_MIGRATING: Fault = {
  title: 'node killed: in the middle of a migration',
  plan: { provider: { agents: SMALL.agents } },
  work: SMALL,
  beforeStart: (installation) =>
    asAdministrator(installation, async (db) => {
      await sql`
        create function sleep_over_it() returns event_trigger language plpgsql as
          'begin perform pg_sleep(60); end'`.execute(db);
      await sql`
        create event trigger slow on ddl_command_end when tag in ('CREATE INDEX')
          execute function sleep_over_it()`.execute(db);
      const [node] = installation.nodes;
      const start = node?.start().catch(() => 'it died, as it must');
      await somebodySleeps(db);
      await node?.kill();
      await start;
      await endSleepers(db);
      await sql`drop event trigger slow`.execute(db);
      await sql`drop function sleep_over_it`.execute(db);
    }),
  strike: async () => undefined,
};

/** Killed with some of the rows of a file written and not committed. */
export const KILLED_WHILE_IMPORTING: Fault = {
  title: 'node killed: in the middle of an import',
  plan: { provider: { agents: SMALL.agents } },
  work: { ...SMALL, leads: 24, oneByOne: 4 },
  prepare: (installation) =>
    asAdministrator(installation, async (db) => {
      await sql`
        create function sleep_over_it() returns trigger language plpgsql as
          'begin perform pg_sleep(60); return new; end'`.execute(db);
      await sql`
        create trigger slow before insert on leads for each row when (new.name = 'Lead 15')
          execute function sleep_over_it()`.execute(db);
    }),
  strike: (installation) =>
    asAdministrator(installation, async (db) => {
      const [node] = installation.nodes;
      await somebodySleeps(db);
      await node?.kill();
      await endSleepers(db);
      await sql`drop trigger slow on leads`.execute(db);
      await sql`drop function sleep_over_it`.execute(db);
      await node?.start();
    }),
};

/** Every point, on a PostgreSQL server; and on the embedded database those whose rows it must not lose. */
export const KILLS: readonly Fault[] = [
  ...KILL_POINTS.map((point) => killedAt(point)),
  killedWhilePlacing(true),
  killedWhilePlacing(false),
  KILLED_WHILE_STOPPING,
  KILLED_WHILE_MIGRATING,
  KILLED_WHILE_IMPORTING,
  killedAt('claim committed, not told', 'embedded'),
  killedAt('webhook stored, not answered', 'embedded'),
  killedAt('CRM activity written, not noted', 'embedded'),
];
