/**
 * How fast a CSV of leads goes in, and how long it holds up the dialer meanwhile:
 *
 *   node --conditions=source --import tsx perf/import.ts [embedded|server|both] [rows] [rowsAStep]
 *
 * The server is DATABASE_URL's (a scratch database there is created and dropped), or one started for this run. Beside the
 * import stands what the same rows cost as bare inserts in the same run, into the same tables with the same indexes: the
 * figure that no import can beat here, so that two machines can be compared.
 */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { parsePhone } from '@outdial/core';
import {
  createImportStepper,
  createImportStore,
  createLeadStore,
  createQueueStore,
  type LeadFields,
  migrate,
  type OpenDatabase,
  openDatabase,
} from '@outdial/postgres';
import { createTestDatabase, startPostgresServer } from '@outdial/testing/services';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { ROWS_A_STEP } from '../apps/server/src/imports/go-through.js';
import { createImports } from '../apps/server/src/imports/imports.js';

const [wanted = 'both', rowsArgument = '100000', stepArgument] = process.argv.slice(2);
const ROWS = Number(rowsArgument);
if (!Number.isInteger(ROWS) || ROWS < 1 || ROWS > 1_000_000) {
  throw new Error('The number of rows goes from 1 to 1000000.');
}
const clock = { now: () => new Date() };
const ids = { next: () => uuidv7() };
const file = Buffer.from(csv(ROWS));

console.log(`${ROWS} rows, ${(file.length / 1e6).toFixed(1)} MB, Node ${process.version}`);
if (wanted !== 'server') await onEmbedded();
if (wanted !== 'embedded') await onServer();

async function onEmbedded(): Promise<void> {
  const database = await openDatabase({ dataDir: ':memory:' });
  await migrate(database.db);
  await measure(database);
  await database.close();
}

async function onServer(): Promise<void> {
  const given = process.env.DATABASE_URL;
  const server = given === undefined ? await startPostgresServer() : undefined;
  process.env.TEST_POSTGRES_URL = given ?? server?.url;
  const scratch = await createTestDatabase();
  const database = await openDatabase({ url: scratch.url });
  await migrate(database.db);
  await measure(database);
  await database.close();
  await scratch.drop();
  await server?.stop();
}

async function measure(database: OpenDatabase): Promise<void> {
  const { db, kind } = database;
  const rowsAStep = stepArgument === undefined ? ROWS_A_STEP[kind] : Number(stepArgument);
  console.log(
    `\n${kind === 'embedded' ? 'PGlite, in memory' : 'PostgreSQL'}, ${rowsAStep} rows a step`,
  );

  const imports = createImports({
    imports: createImportStore(db),
    queues: createQueueStore(db),
    applyStep: createImportStepper(db),
    queueFilled: () => undefined,
    defaultCountry: async () => 'US',
    jobs: { wake: () => undefined },
    announcements: { announce: () => undefined },
    clock,
    ids,
    breathe: () => turn(),
    rowsAStep,
  });
  const options = { duplicates: 'skip', queue_name: 'Perf' } as const;

  const started = await watched(database, () =>
    imports.start({ fileName: 'perf.csv', content: file }, options),
  );
  report('reading, checking, storing the file', started);
  if (started.answer.kind !== 'started') throw new Error(JSON.stringify(started.answer));
  const { id } = started.answer.import;
  const ran = await watched(database, () => imports.run(id));
  report('turning its rows into leads', ran);
  const done = await createImportStore(db).get(id);
  if (done?.createdLeads !== ROWS)
    throw new Error(`Only ${done?.createdLeads} leads: ${done?.error}`);

  await sql`truncate leads, queues, queue_items, imports, import_row_errors, calls, sessions, campaign_handovers, campaign_numbers`.execute(
    db,
  );
  const bare = await watched(database, () => bareInserts(database));
  report('bare inserts of the same rows', bare);
  const share = (bare.ms / (started.ms + ran.ms)) * 100;
  console.log(
    `  together ${perSecond(started.ms + ran.ms)}: ${share.toFixed(0)} % of what bare inserts do`,
  );
}

/** Leads and queue items, 1000 at a time, nothing parsed and nothing asked. */
async function bareInserts({ db }: OpenDatabase): Promise<void> {
  const queue = await createQueueStore(db).create({ id: ids.next(), name: 'Bare' }, clock.now());
  if (queue.kind !== 'created') throw new Error('The queue is there already.');
  const leads = Array.from({ length: ROWS }, (_, i) => leadOf(i));
  for (let at = 0; at < ROWS; at += 1000) {
    await createLeadStore(db).upsertBatch(leads.slice(at, at + 1000), {
      duplicates: 'skip',
      queueId: queue.queue.id,
      now: clock.now(),
      ids,
    });
  }
}

interface Watched<T> {
  readonly answer: T;
  readonly ms: number;
  /** Of this process, all threads: what stays the same when the machine has other work. */
  readonly cpuMs: number;
  /** How late a timer came that was due every millisecond. */
  readonly held: readonly number[];
  /** How long `select 1` took, as somebody else's small statement would. */
  readonly asked: readonly number[];
  readonly megabytes: number;
}

/**
 * A timer of our own, as perf_hooks' monitorEventLoopDelay misses the delay that a synchronous start causes: it records
 * from the second tick on.
 */
async function watched<T>(database: OpenDatabase, work: () => Promise<T>): Promise<Watched<T>> {
  const held: number[] = [];
  let last = performance.now();
  let most = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    held.push(now - last - 1);
    last = now;
    most = Math.max(most, process.memoryUsage.rss());
  }, 1);
  const asked: number[] = [];
  const done = new AbortController();
  const asking = (async () => {
    while (!done.signal.aborted) {
      const askedAt = performance.now();
      await database.ping();
      asked.push(performance.now() - askedAt);
      await sleep(10);
    }
  })();
  await sleep(20);
  held.length = 0;
  last = performance.now();
  const startedAt = last;
  const cpuBefore = process.cpuUsage();
  const answer = await work();
  const ms = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  await sleep(2);
  clearInterval(timer);
  done.abort();
  await asking;
  return { answer, ms, cpuMs: (cpu.user + cpu.system) / 1000, held, asked, megabytes: most / 1e6 };
}

function report(what: string, { ms, cpuMs, held, asked, megabytes }: Watched<unknown>): void {
  const of = (values: readonly number[]) => {
    const sorted = [...values].sort((a, b) => a - b);
    const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
    return `p99 ${at(0.99)}, at most ${at(1)} ms`;
  };
  console.log(
    `  ${what}: ${(ms / 1000).toFixed(1)} s (${(cpuMs / 1000).toFixed(1)} s of CPU here), ${perSecond(ms)}`,
  );
  console.log(
    `    event loop held up ${of(held)}; another statement ${of(asked)}; ${megabytes.toFixed(0)} MB resident`,
  );
}

function perSecond(ms: number): string {
  return `${Math.round(ROWS / (ms / 1000))} rows/s`;
}

function csv(rows: number): string {
  const lines = ['Full Name,Title,Phone,Company,Email,Employees,Industry,Score'];
  for (let i = 0; i < rows; i += 1) {
    const { name, jobTitle, company, email, headcount, industry, score } = leadOf(i);
    lines.push(
      [name, jobTitle, nationalNumber(i), `"${company}"`, email, headcount, industry, score].join(
        ',',
      ),
    );
  }
  return lines.join('\r\n');
}

function leadOf(i: number): LeadFields & { phone: string } {
  const parsed = parsePhone(nationalNumber(i), 'US');
  return {
    name: `Person ${i}`,
    phone: parsed.ok ? parsed.e164 : '',
    jobTitle: 'VP Sales',
    company: `Company, ${i % 5000} Inc`,
    email: `person${i}@company${i % 5000}.example`,
    headcount: '51-200',
    industry: ['Software', 'Logistics', 'Healthcare'][i % 3] ?? null,
    score: i % 100,
  };
}

/** Each only once, in no order that an index would like. */
function nationalNumber(i: number): string {
  const digits = String((i * 7919) % 10_000_000).padStart(7, '0');
  return `(${212 + Math.floor(i / 10_000_000)}) ${digits.slice(0, 3)}-${digits.slice(3)}`;
}
