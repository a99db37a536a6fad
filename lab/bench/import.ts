import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { aroundCarriers } from '@outdial/core';
import pg from 'pg';
import { replaceMethods } from '../faults/replace-methods.js';
import type { Bench, BenchOptions, Figure } from './figures.js';
import { percentile } from './figures.js';
import {
  type FloorDatabase,
  fillFloor,
  onPGlite,
  onPostgres,
  openFloor,
  type RunningFloor,
} from './floor.js';
import type { FileToImport } from './import-client.js';

const AGENTS = 40;
/** Simulated phones ten times as quick as life: about 30 calls a second, far from what the machine can do. */
const SPEED = 10;

export const bench: Bench = {
  title: 'Import',
  about:
    'One CSV file of 100,000 rows with eight columns, new numbers all of them, is posted to the API of a whole server and becomes leads and ' +
    'items of a queue: read, checked row by row, de-duplicated. The yardstick is what bare COPY takes for the same leads and items ' +
    'into the same tables and indexes. ' +
    `Meanwhile ${AGENTS} agents dial on the same server; the dial loop is timed from a session's claim to the request to place its call, ` +
    'alone and beside the import.',
  cause:
    'A row takes about 45 us of processor time in PostgreSQL (its eleven indexes 44 % of it, the foreign keys of queue_items 19 %, the ' +
    'log and arrays 11 %), of which COPY pays most as well, and 50 to 65 us in the server: reading, numbers, hashes and array literals in a ' +
    'thread of its own, some 20 us on the event loop, and the start of two threads (0.25 s each). One backend works at a time, so that the ' +
    'import cannot be quicker than it. PGlite has one session and works on the event loop: a step begins when the dialer is quiet for 3 ms.',
  minutesAtMost: 15,

  async run(options) {
    return [
      ...(await onPostgres((database) => measure(database, options))),
      ...(await onPGlite((database) => measure(database, options))),
    ];
  },
};

async function measure(database: FloorDatabase, { quick, note }: BenchOptions): Promise<Figure[]> {
  const rows = quick ? 20_000 : 100_000;
  const { agentIds, queueId } = await fillFloor(database, { agents: AGENTS, leads: 20_000 });
  const folder = await mkdtemp(join(tmpdir(), 'outdial-import-'));
  const [first, second] = [join(folder, 'first.csv'), join(folder, 'second.csv')];
  await writeFile(first, csv(rows, 0));
  await writeFile(second, csv(rows, rows));
  const loop = new DialLoop();
  const floor = await openFloor(database, { speed: SPEED }, (ports) => loop.around(ports));
  let seconds: number;
  let alone: LoopFigures;
  let beside: LoopFigures;
  let quiet: number;
  let cpu: NodeJS.CpuUsage;
  try {
    const before = process.cpuUsage();
    quiet = await importRows(floor, first);
    cpu = process.cpuUsage(before);
    note(`${database.name}: ${Math.round(rows / quiet)} rows/s with no agent dialing`);
    await floor.startSessions(agentIds, queueId, 1);
    await sleep(3_000);
    loop.take();
    await sleep(quick ? 5_000 : 15_000);
    alone = loop.take();
    seconds = await importRows(floor, second);
    beside = loop.take();
  } finally {
    await floor.close();
    await rm(folder, { recursive: true, force: true });
  }
  const bare = await copyRows(database, rows, 2 * rows);
  const wanted = database.name === 'PostgreSQL';
  const perSecond = rows / quiet;
  const copied = { what: 'bare COPY', value: rows / bare, unit: 'rows/s' };
  return [
    {
      what: `${rows.toLocaleString('en')} rows, no agent dialing, ${database.name}`,
      value: perSecond,
      unit: 'rows/s',
      yardstick: copied,
      ...(wanted && { goal: { says: 'at least 15,000 rows/s', reached: perSecond >= 15_000 } }),
    },
    {
      what: `processor time of the server for it, ${database.url === null ? 'its threads and the database' : 'its threads, without the database'}, ${database.name}`,
      value: (cpu.user + cpu.system) / rows,
      unit: 'us a row',
    },
    {
      what: `the same beside ${AGENTS} dialing agents, ${database.name}`,
      value: rows / seconds,
      unit: 'rows/s',
      yardstick: copied,
    },
    {
      what: `dial loop meanwhile, claim to place request, p99 of ${beside.calls} calls, ${database.name}`,
      value: beside.p99,
      unit: 'ms',
      yardstick: { what: `alone, ${alone.calls} calls`, value: alone.p99, unit: 'ms' },
      goal: { says: 'not doubled', reached: beside.p99 <= 2 * alone.p99 },
    },
    {
      what: `event loop held up meanwhile, p99, ${database.name}`,
      value: beside.heldP99,
      unit: 'ms',
      yardstick: { what: 'alone', value: alone.heldP99, unit: 'ms' },
    },
  ];
}

interface LoopFigures {
  readonly calls: number;
  readonly p99: number;
  readonly heldP99: number;
}

type Ports = Parameters<NonNullable<Parameters<typeof openFloor>[2]>>[0];

/** Times each call from the start of the claim that took it to the request to place it. */
class DialLoop {
  readonly #claimedAt = new Map<string, number>();
  #took: number[] = [];
  #held: number[] = [];

  constructor() {
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      this.#held.push(Math.max(0, now - last - 5));
      last = now;
    }, 5).unref();
  }

  around(ports: Ports): Ports {
    const { store, carriers } = ports;
    return {
      ...ports,
      store: {
        ...store,
        fillLines: async (sessionId, now, filling) => {
          const startedAt = performance.now();
          const applied = await store.fillLines(sessionId, now, filling);
          for (const call of applied?.calls ?? []) {
            if (call.state === 'DIALING') this.#claimedAt.set(call.id, startedAt);
          }
          return applied;
        },
      },
      carriers: aroundCarriers(carriers, (telephony) =>
        replaceMethods(telephony, {
          place: (order) => {
            const startedAt = this.#claimedAt.get(order.callId);
            this.#claimedAt.delete(order.callId);
            if (startedAt !== undefined) this.#took.push(performance.now() - startedAt);
            return telephony.place(order);
          },
        }),
      ),
    };
  }

  /** What was measured since the last time. */
  take(): LoopFigures {
    const [took, held] = [this.#took, this.#held];
    this.#took = [];
    this.#held = [];
    return { calls: took.length, p99: percentile(took, 0.99), heldP99: percentile(held, 0.99) };
  }
}

/** From the request to the end of its last row, in seconds. */
async function importRows(floor: RunningFloor, path: string): Promise<number> {
  const client = fork(fileURLToPath(new URL('import-client.ts', import.meta.url)));
  try {
    const accessToken = await floor.admin.token();
    client.send({ address: floor.address, path, accessToken } satisfies FileToImport);
    const [answer] = (await once(client, 'message')) as [{ seconds: number } | { error: string }];
    if ('error' in answer) throw new Error(answer.error);
    return answer.seconds;
  } finally {
    client.kill();
  }
}

const QUEUE = '01940000-0000-7000-8000-000000000001';

/** Leads and items by COPY from a file, into a database without other users; seconds. */
async function copyRows(database: FloorDatabase, rows: number, from: number): Promise<number> {
  const now = new Date().toISOString();
  const id = (kind: number, i: number) =>
    `01940000-000${kind}-7000-8000-${(from + i).toString(16).padStart(12, '0')}`;
  const file = (line: (i: number) => readonly (string | number)[]) =>
    Array.from({ length: rows }, (_, i) => line(i).join('\t')).join('\n');
  const leads = file((i) => {
    const { name, jobTitle, phone, company, email, headcount, industry, score } = personAt(
      from + i,
    );
    return [id(1, i), name, phone, jobTitle, company, email, headcount, industry, score, now, now];
  });
  const items = file((i) => {
    const { phone, score } = personAt(from + i);
    return [id(2, i), QUEUE, id(1, i), phone, 'PENDING', score, now, now, i];
  });
  const queue = `insert into queues (id, name, created_at) values ('${QUEUE}', 'Bare', now())`;
  const copyLeads =
    'copy leads (id, name, phone, job_title, company, email, headcount, industry, score, created_at, updated_at)';
  const copyItems =
    'copy queue_items (id, queue_id, lead_id, phone, state, score, due_at, created_at, position)';

  const folder = await mkdtemp(join(tmpdir(), 'outdial-copy-'));
  try {
    if (database.url === null) {
      const dataDir = join(database.environment.DATA_DIR ?? '', 'pglite');
      const pglite = await PGlite.create({ dataDir });
      try {
        await pglite.exec(queue);
        const startedAt = performance.now();
        await pglite.query(`${copyLeads} from '/dev/blob'`, [], { blob: new Blob([leads]) });
        await pglite.query(`${copyItems} from '/dev/blob'`, [], { blob: new Blob([items]) });
        return (performance.now() - startedAt) / 1000;
      } finally {
        await pglite.close();
      }
    }
    // The server runs as another user.
    await chmod(folder, 0o755);
    await writeFile(join(folder, 'leads'), leads);
    await writeFile(join(folder, 'items'), items);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      await client.query(queue);
      const startedAt = performance.now();
      await client.query(`${copyLeads} from '${join(folder, 'leads')}'`);
      await client.query(`${copyItems} from '${join(folder, 'items')}'`);
      return (performance.now() - startedAt) / 1000;
    } finally {
      await client.end();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function csv(rows: number, from: number): string {
  const lines = ['Full Name,Title,Phone,Company,Email,Employees,Industry,Score'];
  for (let i = from; i < from + rows; i += 1) {
    const { name, jobTitle, phone, company, email, headcount, industry, score } = personAt(i);
    const written = `(${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}`;
    lines.push(
      [name, jobTitle, written, `"${company}"`, email, headcount, industry, score].join(','),
    );
  }
  return lines.join('\r\n');
}

/** Each number only once, in no order that an index would like, and none of the floor's own. */
function personAt(i: number) {
  return {
    name: `Person ${i}`,
    // Exchanges from 200 to 949: no premium rates.
    phone: `+1305${2_000_000 + ((i * 7919) % 7_500_000)}`,
    jobTitle: 'VP Sales',
    company: `Company, ${i % 5000} Inc`,
    email: `person${i}@company${i % 5000}.example`,
    headcount: '51-200',
    industry: ['Software', 'Logistics', 'Healthcare'][i % 3] ?? '',
    score: i % 100,
  };
}
