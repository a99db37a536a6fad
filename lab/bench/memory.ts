import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { agentsOf, sessionOf } from '../faults/begin-work.js';
import { setup as buildFirst } from '../server/build-first.js';
import { createOutdialServer, type OutdialServer } from '../server/outdial-server.js';
import { smallQueue } from '../server/small-queue.js';
import { type Bench, type Figure, percentile } from './figures.js';

const AGENTS = 3;
const SAMPLE_EVERY_MS = 5_000;
/** The share of the time, at its end, whose median is the figure. */
const LAST_SHARE = 0.1;
const MEGABYTE = 2 ** 20;
/** Of the British range for fiction; the sample data takes the American one. */
const PHONES = Array.from(
  { length: 60 },
  (_, index) => `+441134960${String(index).padStart(3, '0')}`,
);
const START = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
const run = promisify(execFile);

export const bench: Bench = {
  title: 'Memory',
  about:
    `Resident memory of \`npm start\` on its embedded database, while ${AGENTS} agents dial at the simulator’s own pace, in a new data folder. ` +
    'The yardstick is a process that only opens the same data folder with PGlite, after the server has ended. ' +
    'Where it goes: the V8 heap, what V8 accounts for outside it (the WebAssembly memory of the database above all), and the rest.',
  minutesAtMost: 20,

  async run({ quick, note }) {
    await buildFirst();
    const minutes = quick ? 1 : 10;
    const server = await createOutdialServer({
      program: [START],
      env: { LOG_LEVEL: 'warn' },
    });
    try {
      await server.start();
      const started = await readMemory(server);
      await dial(server);
      const samples: Memory[] = [];
      const until = performance.now() + minutes * 60_000;
      while (performance.now() < until) {
        await sleep(SAMPLE_EVERY_MS);
        samples.push(await readMemory(server));
      }
      const { total } = await server.client.history.list({ limit: 1 });
      note(`${total} calls in ${minutes} min`);
      await server.stop();
      const last = samples.slice(-Math.max(3, Math.round(samples.length * LAST_SHARE)));
      const bare = await openOnly(server.dataDir);
      return figuresOf({ minutes, started, samples, last, bare });
    } finally {
      await server.dispose();
    }
  },
};

/** Bytes. */
interface Memory {
  readonly resident: number;
  readonly heap: number;
  readonly external: number;
}

async function dial(server: OutdialServer): Promise<void> {
  const queueId = await smallQueue(server.client, PHONES, {
    pause_when_away_seconds: 0,
    wrap_up_seconds: 5,
    retry_rules: { NO_ANSWER: { delay_seconds: 30, tries: 50 } },
    contact_limits: { gap_seconds: 1, calls_per_day: 50, enforce: null },
  });
  for (const agentId of await agentsOf(server.client, AGENTS)) {
    await sessionOf(server.client, agentId, queueId, 2);
  }
}

async function readMemory(server: OutdialServer): Promise<Memory> {
  const text = await (await server.admin.request('GET', '/metrics')).text();
  const bytes = (name: string): number => {
    const line = text
      .split('\n')
      .find((each) => each.startsWith(`${name} `) || each.startsWith(`${name}{`));
    return Number(line?.slice(line.lastIndexOf(' ')) ?? Number.NaN);
  };
  return {
    resident: bytes('process_resident_memory_bytes'),
    heap: bytes('nodejs_heap_size_total_bytes'),
    external: bytes('nodejs_external_memory_bytes'),
  };
}

/** What a process holds that does nothing but open a copy of this folder with PGlite, and what Node.js holds without it. */
async function openOnly(
  dataDir: string,
): Promise<{ readonly node: number; readonly open: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'outdial-bench-'));
  try {
    await cp(join(dataDir, 'pglite'), join(folder, 'pglite'), { recursive: true });
    const program = `
      const node = process.memoryUsage.rss();
      const { PGlite } = await import(${JSON.stringify(import.meta.resolve('@electric-sql/pglite'))});
      const database = await PGlite.create(${JSON.stringify(join(folder, 'pglite'))});
      await database.query('select count(*) from calls');
      console.log(JSON.stringify({ node, open: process.memoryUsage.rss() }));
      await database.close();`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program]);
    return JSON.parse(stdout) as { node: number; open: number };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function figuresOf(measured: {
  readonly minutes: number;
  readonly started: Memory;
  readonly samples: readonly Memory[];
  readonly last: readonly Memory[];
  readonly bare: { readonly node: number; readonly open: number };
}): Figure[] {
  const { minutes, started, samples, last, bare } = measured;
  const median = (of: (memory: Memory) => number) => percentile(last.map(of), 0.5);
  const beside = {
    what: 'a process that opens the same folder',
    value: bare.open / MEGABYTE,
    unit: 'MB',
  };
  const figure = (what: string, bytes: number): Figure => ({
    what,
    value: bytes / MEGABYTE,
    unit: 'MB',
  });
  return [
    {
      ...figure(
        `resident after ${minutes} min`,
        median(({ resident }) => resident),
      ),
      yardstick: beside,
    },
    figure('resident, most', Math.max(...samples.map(({ resident }) => resident))),
    figure('resident when started, a new folder', started.resident),
    figure(
      'of it the V8 heap',
      median(({ heap }) => heap),
    ),
    figure(
      'of it outside the heap, by V8’s account',
      median(({ external }) => external),
    ),
    figure('Node.js alone', bare.node),
  ];
}
