import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, startRedis } from '@outdial/testing/services';
import { ACCOUNTS_ENV } from '@outdial/testing/sign-in';
import pg from 'pg';
import type { Bench, BenchOptions, Figure } from './figures.js';
import { type FloorDatabase, fillFloor, floorAt, onPostgres } from './floor.js';

const AGENTS = 200;
const INSTANT = '100000';
const root = fileURLToPath(new URL('../..', import.meta.url));

export const bench: Bench = {
  title: 'Nodes',
  about:
    `The dial loop (${AGENTS} agents, one line, no delays, calls that take no time) on one, two and four processes with one PostgreSQL and ` +
    'one Redis, sessions started at each in turn, all on the cores of this machine: what more of them cost or bring here, ' +
    'where they share what one would have. The yardstick is the one process.',
  minutesAtMost: 12,

  async run(options) {
    const figures: Figure[] = [];
    let one: number | undefined;
    for (const nodes of [1, 2, 4]) {
      const perSecond = await onPostgres((database) => measure(database, nodes, options));
      one ??= perSecond;
      figures.push({
        what: `completed calls, ${nodes} ${nodes === 1 ? 'process' : 'processes'}`,
        value: perSecond,
        unit: 'calls/s',
        yardstick: { what: 'one process', value: one, unit: 'calls/s' },
      });
    }
    return figures;
  },
};

async function measure(
  database: FloorDatabase,
  nodes: number,
  { quick, note }: BenchOptions,
): Promise<number> {
  const { agentIds, queueId } = await fillFloor(database, { agents: AGENTS, leads: 60_000 });
  const redis = await startRedis();
  const running: ChildProcess[] = [];
  try {
    const addresses: string[] = [];
    for (let node = 0; node < nodes; node += 1) {
      const started = await startNode({ ...database.environment, REDIS_URL: redis.url });
      running.push(started.child);
      addresses.push(started.address);
    }
    await Promise.all(
      addresses.map((address, node) =>
        floorAt(address).startSessions(
          agentIds.filter((_, agent) => agent % nodes === node),
          queueId,
          1,
        ),
      ),
    );
    note(`${nodes} of them are at work`);
    await sleep(quick ? 2_000 : 5_000);
    return await completedASecond(database.url ?? '', quick ? 8 : 20);
  } finally {
    for (const child of running) child.kill('SIGKILL');
    await redis.stop();
  }
}

/** By the rows, as each node counts its own only. */
async function completedASecond(url: string, seconds: number): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  const completed = async (): Promise<number> => {
    const { rows } = await client.query<{ calls: number }>(
      "select count(*)::integer as calls from calls where state = 'COMPLETED'",
    );
    return rows[0]?.calls ?? 0;
  };
  try {
    const before = await completed();
    const begunAt = performance.now();
    await sleep(seconds * 1_000);
    return (((await completed()) - before) * 1_000) / (performance.now() - begunAt);
  } finally {
    await client.end();
  }
}

async function startNode(
  environment: Readonly<Record<string, string>>,
): Promise<{ child: ChildProcess; address: string }> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', 'apps/server/src/main.ts'],
    {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        ...ACCOUNTS_ENV,
        ...environment,
        PORT: String(port),
        API_REQUESTS_PER_MINUTE: '0',
        SIMULATOR_SPEED: INSTANT,
        LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const address = `http://127.0.0.1:${port}`;
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) if (line.includes('is running at')) break;
  child.stdout?.resume();
  if (child.exitCode !== null) throw new Error('A node did not start.');
  return { child, address };
}
