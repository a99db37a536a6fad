import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';
import { type KeptProcess, keepProcess } from './kept-process.js';

export interface RedisServer {
  /** Stays the same over `restart`. */
  readonly url: string;
  /** Forgets everything while it runs. */
  flush(): Promise<void>;
  /** Kills it as a power cut would: connections break, everything is forgotten, and the port is closed until `restart`. */
  kill(): Promise<void>;
  /** Killed, and there again with nothing in it. Resolves when it answers. */
  restart(): Promise<void>;
  /** Ends it for good. Safe to call twice. */
  stop(): Promise<void>;
}

/** The `redis-server` program: on the PATH, else where Debian puts it. */
export function findRedis(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return [...(environment.PATH ?? '').split(delimiter).filter(Boolean), '/usr/bin']
    .map((folder) => join(folder, 'redis-server'))
    .find(existsSync);
}

/**
 * A Redis of one's own, for tests that restart or flush it: loopback only, a free port, a random password, nothing on disk.
 * Every other test shares the one of the run (`testRedis`).
 */
export async function startRedis(): Promise<RedisServer> {
  const program = findRedis();
  if (!program) {
    throw new Error(
      'No Redis server program was found. Install it (Debian: apt-get install redis-server), ' +
        'or put redis-server on the PATH.',
    );
  }
  const port = await freePort();
  const password = randomBytes(18).toString('hex');
  const url = `redis://:${password}@127.0.0.1:${port}`;
  let server: KeptProcess | undefined = await launch(program, port, password, url);
  const kill = async (): Promise<void> => {
    await server?.kill();
    server = undefined;
  };
  return {
    url,
    flush: () => ask(url, async (client) => void (await client.flushall())),
    kill,
    async restart() {
      await kill();
      server = await launch(program, port, password, url);
    },
    async stop() {
      await server?.stop();
      server = undefined;
    },
  };
}

async function launch(
  program: string,
  port: number,
  password: string,
  url: string,
): Promise<KeptProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'outdial-redis-'));
  const log = join(folder, 'log');
  const settings = join(folder, 'redis.conf');
  // BullMQ and the streams adapter must not lose keys when memory is short, hence no eviction, as in operation.
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    'save ""',
    'appendonly no',
    'maxmemory-policy noeviction',
    `dir ${folder}`,
  ];
  await writeFile(settings, `${lines.join('\n')}\n`, { mode: 0o600 });
  const server = await keepProcess({ folder, log, command: program, arguments: [settings] });
  try {
    await answers(url);
  } catch (error) {
    const written = await readFile(log, 'utf8').catch(() => '');
    await server.stop();
    throw new Error(`The test Redis server did not start. Its log:\n${written}`, { cause: error });
  }
  return server;
}

async function answers(url: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    try {
      await ask(url, async (client) => void (await client.ping()));
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(10);
    }
  }
}

async function ask(url: string, work: (client: Redis) => Promise<void>): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  // What goes wrong is thrown by what was asked; without a listener ioredis prints it too.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await work(client);
  } finally {
    client.disconnect();
  }
}
