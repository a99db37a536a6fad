import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DialerPorts, JobHint } from '@outdial/core';
import { migrate, openDatabase } from '@outdial/postgres';
import { createLogger, createServer, readConfig } from '@outdial/server';
import { ACCOUNTS_ENV, type Person, personAt } from '@outdial/testing/sign-in';
import Fastify from 'fastify';
import { CompiledQuery, sql } from 'kysely';
import pg from 'pg';
import type { Bench, BenchOptions, Figure } from './figures.js';
import { type FloorDatabase, onPGlite, onPostgres } from './floor.js';
import type { Delivered, Load } from './webhook-client.js';

const CONNECTIONS = 64;
const TOKEN = 'f0e1d2c3b4a5968778695a4b3c2d1e0f';
const ROUNDS = 5;
/** Each time before it counts: code that is new to the process, and connections to be opened. */
const WARM_UP_SECONDS = 2;
const SUSTAINED = 300;

export const bench: Bench = {
  title: 'Webhook intake',
  about:
    `Aircall's events of a call, recorded ones with a new id each (1.2 to 1.6 kB), over ${CONNECTIONS} connections from a process of its own, to ` +
    '`POST /webhooks/aircall` of the whole server: token, duplicate check, stored, answered. What follows from an event waits until the ' +
    'rounds are over, as on a node with `ROLE=api`; then it is measured how quickly the events are worked on. ' +
    'The yardstick, in turn with it on the same database: a bare Fastify handler that does one INSERT of the same body ' +
    `(prepared by the server, 10 connections, on PostgreSQL). The median of ${ROUNDS} rounds.`,
  minutesAtMost: 10,

  async run(options) {
    return [
      ...(await onPostgres((database) => measure(database, options))),
      ...(await onPGlite((database) => measure(database, options))),
    ];
  },
};

/** Something that takes webhooks, at an address. */
interface Intake {
  readonly url: string;
  close(): Promise<void>;
}

interface Ours extends Intake {
  readonly origin: string;
  readonly admin: Person;
}

async function measure(database: FloorDatabase, options: BenchOptions): Promise<Figure[]> {
  const seconds = options.quick ? 3 : 8;
  await prepare(database);
  const client = startClient();
  try {
    const bare: Delivered[] = [];
    const ours: Delivered[] = [];
    let accepted = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const [open, results] of [
        [openBare, bare],
        [openOurs, ours],
      ] as const) {
        const intake = await open(database);
        const warmUp = await client.deliver(intake.url, WARM_UP_SECONDS);
        const delivered = await client.deliver(intake.url, seconds);
        await intake.close();
        const others = warmUp.others + delivered.others;
        if (others > 0) throw new Error(`${others} were not accepted.`);
        results.push(delivered);
        if (open === openOurs) accepted += warmUp.accepted + delivered.accepted;
      }
    }
    // More may be kept than were accepted: the client hangs up on the last answers.
    const kept = await countKept(database);
    if (kept < accepted) throw new Error(`${accepted} were accepted, and only ${kept} are kept.`);
    const middle = (results: readonly Delivered[], of: (one: Delivered) => number): number =>
      results.map(of).sort((a, b) => a - b)[Math.floor(results.length / 2)] ?? Number.NaN;
    const rate = middle(ours, ({ perSecond }) => perSecond);
    const bareRate = middle(bare, ({ perSecond }) => perSecond);
    return [
      {
        what: `durable accepts, ${database.name}`,
        value: rate,
        unit: `events/s (${(rate / bareRate).toFixed(2)} of bare)`,
        yardstick: { what: 'bare', value: bareRate, unit: 'inserts/s' },
        goal: { says: 'at least 0.6 of bare', reached: rate >= 0.6 * bareRate },
      },
      {
        what: `p99 of these, ${database.name}`,
        value: middle(ours, ({ p99 }) => p99),
        unit: 'ms',
        yardstick: { what: 'bare', value: middle(bare, ({ p99 }) => p99), unit: 'ms' },
      },
      await measureBurst(database, client, options),
    ];
  } finally {
    client.end();
  }
}

/** Everything at work, as on a node that is alone: ten times the sustained rate, and how long until all of it is worked on. */
async function measureBurst(
  database: FloorDatabase,
  client: ReturnType<typeof startClient>,
  { quick, note }: BenchOptions,
): Promise<Figure> {
  await forget(database);
  const intake = await openOurs(database, 'works');
  const seconds = quick ? 3 : 10;
  const begunAt = performance.now();
  const delivered = await client.deliver(intake.url, seconds, SUSTAINED * 10);
  while ((await countWaiting(intake)) > 0) await sleep(200);
  const took = (performance.now() - begunAt) / 1_000;
  await intake.close();
  const kept = await countKept(database);
  if (delivered.others > 0 || kept < delivered.accepted) {
    throw new Error(`${delivered.accepted} were accepted, ${kept} are kept.`);
  }
  note(`${database.name}: a burst of ${delivered.accepted} events was worked on after ${took} s`);
  return {
    what: `a burst of ${seconds} s at up to ${SUSTAINED * 10} events/s, kept and worked on, ${database.name}`,
    value: took,
    unit: `s for ${delivered.accepted.toLocaleString('en')} events, none lost`,
    yardstick: { what: 'sustained', value: SUSTAINED, unit: 'events/s' },
  };
}

async function countWaiting({ origin, admin }: Ours): Promise<number> {
  const response = await admin.fetch(`${origin}/api/provider-events?state=PENDING&limit=1`);
  if (!response.ok) throw new Error(`The server does not tell what waits: ${response.status}.`);
  return ((await response.json()) as { total: number }).total;
}

async function openOurs(
  database: FloorDatabase,
  how: 'works' | 'takes in' = 'takes in',
): Promise<Ours> {
  const read = readConfig({
    ...ACCOUNTS_ENV,
    ...database.environment,
    PORT: '0',
    API_REQUESTS_PER_MINUTE: '0',
    LOG_LEVEL: 'error',
    TELEPHONY: 'aircall',
    AIRCALL_API_ID: 'id',
    AIRCALL_API_TOKEN: 'token',
    // No server listens there, and the node sends no request.
    AIRCALL_BASE_URL: 'http://127.0.0.1:9',
    AIRCALL_WEBHOOK_TOKEN: TOKEN,
  });
  if (!read.ok) throw new Error(read.problems.join(' '));
  const isEvent = ({ job }: JobHint): boolean => job === 'process-event';
  const later = (ports: DialerPorts): DialerPorts => ({
    ...ports,
    jobs: { wake: (hint) => !isEvent(hint) && ports.jobs.wake(hint) },
    reconciliation: {
      ...ports.reconciliation,
      dueWork: async (job, now, page) =>
        job === 'process-event' ? [] : ports.reconciliation.dueWork(job, now, page),
    },
  });
  const server = await createServer(read.config, {
    log: createLogger(read.config),
    webRoot: '',
    version: 'bench',
    ...(how === 'takes in' && { around: later }),
  });
  const origin = await server.start();
  return {
    origin,
    admin: personAt(origin),
    url: `${origin}/webhooks/aircall`,
    close: () => server.close(0),
  };
}

async function openBare(database: FloorDatabase): Promise<Intake> {
  const { DATABASE_URL: url, DATA_DIR: dataDir = '' } = database.environment;
  const app = Fastify({ logger: false });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  const listening = async (insert: (body: unknown) => Promise<unknown>): Promise<string> => {
    app.post('/bare', async (request) => {
      await insert(request.body);
      return { message: 'stored' };
    });
    return `${await app.listen({ port: 0, host: '127.0.0.1' })}/bare`;
  };
  const text = 'insert into bare (body) values ($1)';
  if (url !== undefined) {
    const pool = new pg.Pool({ connectionString: url, max: 10 });
    const at = await listening((body) => pool.query({ name: 'bare', text, values: [body] }));
    return { url: at, close: () => app.close().then(() => pool.end()) };
  }
  const opened = await openDatabase({ dataDir });
  const at = await listening((body) => opened.db.executeQuery(CompiledQuery.raw(text, [body])));
  return { url: at, close: () => app.close().then(() => opened.close()) };
}

async function onDatabase<T>(
  { environment }: FloorDatabase,
  work: (db: Awaited<ReturnType<typeof openDatabase>>['db']) => Promise<T>,
): Promise<T> {
  const { DATABASE_URL: url, DATA_DIR: dataDir = '' } = environment;
  const opened = await openDatabase(url === undefined ? { dataDir } : { url });
  try {
    return await work(opened.db);
  } finally {
    await opened.close();
  }
}

const prepare = (database: FloorDatabase): Promise<void> =>
  onDatabase(database, async (db) => {
    await migrate(db);
    await sql`create table bare (
      id bigint generated always as identity primary key, body jsonb not null, at timestamptz not null default now()
    )`.execute(db);
  });

const forget = (database: FloorDatabase): Promise<void> =>
  onDatabase(database, async (db) => {
    await sql`truncate provider_events, bare`.execute(db);
  });

const countKept = (database: FloorDatabase): Promise<number> =>
  onDatabase(database, async (db) => {
    const { rows } = await sql<{ kept: number }>`
      select count(*)::integer as kept from provider_events`.execute(db);
    return rows[0]?.kept ?? 0;
  });

function startClient() {
  const child: ChildProcess = fork(fileURLToPath(new URL('webhook-client.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  let firstCall = 0;
  return {
    async deliver(url: string, seconds: number, perSecond?: number): Promise<Delivered> {
      firstCall += 10_000_000;
      const load: Load = { url, seconds, connections: CONNECTIONS, token: TOKEN, firstCall };
      child.send(perSecond === undefined ? load : { ...load, perSecond });
      const [delivered] = (await once(child, 'message')) as [Delivered];
      return delivered;
    },
    end: () => child.disconnect(),
  };
}
