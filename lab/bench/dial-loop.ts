import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Bench, BenchOptions, Figure } from './figures.js';
import {
  type FloorDatabase,
  fillFloor,
  onPGlite,
  onPostgres,
  openFloor,
  type RunningFloor,
} from './floor.js';

const AGENTS = 1_000;
const INSTANT = 100_000;

export const bench: Bench = {
  title: 'Dial loop',
  about:
    `${AGENTS.toLocaleString('en')} agents, one line each, on one queue; no delay, no wrap-up, a simulator whose calls take no time: claim, place, ` +
    'ringing, answered, ended, CRM, next call. One process with its database on the same cores. The yardstick is what the same database ' +
    'takes of bare work: one-row INSERTs from this process, each committed by itself, 10 at once, measured just before; how many of those a call comes to is printed beside it. ' +
    'Statements are counted by the database server (pg_stat_statements), BEGIN and COMMIT, ' +
    'webhooks, CRM, sweeps and gauges included, and divided by the calls that ended meanwhile.',
  cause:
    'PGlite is PostgreSQL as WebAssembly in the program’s own thread. In a CPU profile of the loop it takes 54 % of the time in WebAssembly and 16 % in ' +
    'its file and protocol layers, 2 % are idle: about 10 ms a call for 8 statements, of which a server takes 4 on the other core. Between ' +
    'runs the rate lies between 90 and 98 calls/s. Tried without effect: no full pages in the log, minimal log level, no statistics, no live counts.',
  minutesAtMost: 10,
  takesCommitMs: true,

  async run(options) {
    return [
      ...(await onPostgres((database) => measure(database, 250, options), options)),
      // The embedded database flushes nothing.
      ...(options.commitMs > 0
        ? []
        : await onPGlite((database) => measure(database, 100, options))),
    ];
  },
};

async function measure(
  database: FloorDatabase,
  goal: number,
  { quick, commitMs, note }: BenchOptions,
): Promise<Figure[]> {
  const seconds = quick ? 8 : 30;
  await fillFloor(database, { agents: AGENTS, leads: 60_000, lines: 1 });
  const bare = database.url === null ? null : await bareInserts(database.url);
  const floor = await openFloor(database, { speed: INSTANT });
  try {
    note(`${database.name}: ${AGENTS} sessions are at work`);
    // Until each session has had its first call, for which it was read.
    await sleep(quick ? 5_000 : 15_000);
    const statements = database.url === null ? null : await countStatements(database.url);
    const perSecond = await rate(floor, seconds);
    if (perSecond === 0) {
      throw new Error(
        `No call ended in ${seconds} s on ${database.name}: there is nothing to measure.`,
      );
    }
    const figures: Figure[] = [
      {
        what: `completed calls, ${database.name}`,
        value: perSecond,
        unit: 'calls/s',
        ...(bare !== null && {
          yardstick: { what: 'bare INSERTs', value: bare, unit: 'rows/s' },
        }),
        ...(commitMs === 0 && {
          goal: { says: `at least ${goal}`, reached: perSecond >= goal },
        }),
      },
    ];
    if (bare !== null) {
      figures.push({
        what: `what a call costs in bare INSERTs, ${database.name}`,
        value: bare / perSecond,
        unit: 'INSERTs',
        goal: { says: 'at most 30', reached: bare / perSecond <= 30 },
      });
    }
    if (statements !== null) {
      const { all, inTransactions } = await statements();
      const calls = perSecond * seconds;
      figures.push({
        what: `statements for each call, ${database.name}`,
        value: (all - inTransactions) / calls,
        unit: `(${(all / calls).toFixed(1)} with BEGIN and COMMIT)`,
        goal: { says: 'at most 15', reached: (all - inTransactions) / calls <= 15 },
      });
    }
    return figures;
  } finally {
    await floor.close();
  }
}

async function rate(floor: RunningFloor, seconds: number): Promise<number> {
  const before = await floor.completed();
  const begunAt = performance.now();
  await sleep(seconds * 1_000);
  const after = await floor.completed();
  return ((after - before) * 1_000) / (performance.now() - begunAt);
}

/** How many statements the server was sent from now until the answer is called. */
async function countStatements(
  url: string,
): Promise<() => Promise<{ all: number; inTransactions: number }>> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('create extension if not exists pg_stat_statements');
  await client.query('select pg_stat_statements_reset()');
  return async () => {
    const { rows } = await client.query<{ all: string; in_transactions: string }>(
      `select coalesce(sum(calls), 0) as all,
              coalesce(sum(calls) filter (where query ~* '^(begin|commit|rollback|start transaction)'), 0) as in_transactions
       from pg_stat_statements`,
    );
    await client.end();
    return { all: Number(rows[0]?.all), inTransactions: Number(rows[0]?.in_transactions) };
  };
}

async function bareInserts(url: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  try {
    await pool.query(
      'create table bare (id bigserial primary key, payload jsonb not null, at timestamptz not null)',
    );
    const until = performance.now() + 3_000;
    let rows = 0;
    const insert = async (): Promise<void> => {
      while (performance.now() < until) {
        await pool.query({
          name: 'bare',
          text: 'insert into bare (payload, at) values ($1, $2)',
          values: ['{"event":"call.ended","data":{"id":1}}', new Date()],
        });
        rows += 1;
      }
    };
    await Promise.all(Array.from({ length: 10 }, insert));
    await pool.query('drop table bare');
    return rows / 3;
  } finally {
    await pool.end();
  }
}
