import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { migrate, type OpenDatabase, openDatabase } from '@outdial/postgres';
import {
  findPostgres,
  findRedis,
  freePort,
  type PostgresServer,
  startPostgresServer,
} from '@outdial/testing/services';
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRedis } from '../../src/doctor/check-redis.js';
import { openServer, type RunningServer, until } from '../harness/running-server.js';

const ops = (path: string) => fileURLToPath(new URL(`../../../../ops/${path}`, import.meta.url));
const PASSWORD = 'a-password-of-the-deployment_1';

/** What compose.yaml starts, with its own scripts: a user at PostgreSQL that is no superuser, and one at Redis that may do little. */
describe('the services of the deployment', () => {
  let postgres: PostgresServer;
  let folder: string;
  let stopRedis: () => Promise<void>;
  let databaseUrl: string;
  let redisUrl: string;

  beforeAll(async () => {
    postgres = await startPostgresServer({ superuser: 'postgres' });
    const at = new URL(postgres.url);
    await promisify(execFile)('sh', [ops('postgres/10-outdial.sh')], {
      env: {
        PATH: `${process.env.PATH}:${findPostgres()}`,
        PGHOST: at.hostname,
        PGPORT: at.port,
        PGPASSWORD: at.password,
        POSTGRES_USER: 'postgres',
        OUTDIAL_PASSWORD: PASSWORD,
      },
    });
    databaseUrl = `postgres://outdial:${PASSWORD}@${at.host}/outdial`;

    folder = await mkdtemp(join(tmpdir(), 'outdial-deployed-'));
    const port = await freePort();
    const redis = spawn(
      'sh',
      [ops('redis/start.sh'), '--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
      {
        env: {
          PATH: `${findRedis()?.replace(/\/redis-server$/, '')}:${process.env.PATH}`,
          REDIS_PASSWORD: PASSWORD,
          REDIS_RUN_DIR: folder,
        },
        stdio: 'ignore',
      },
    );
    const exited = once(redis, 'exit');
    stopRedis = async () => {
      redis.kill('SIGTERM');
      await exited;
    };
    redisUrl = `redis://outdial:${PASSWORD}@127.0.0.1:${port}`;
    await until('Redis answers', () => as(redisUrl, (client) => client.ping()).catch(() => null));
  });
  afterAll(async () => {
    await stopRedis?.();
    await postgres?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function as<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    // Why it was refused, which is not what the command then fails with.
    let refused: Error | undefined;
    client.on('error', (error) => {
      refused ??= error;
    });
    try {
      await client.connect();
      return await work(client);
    } catch (error) {
      throw refused ?? error;
    } finally {
      client.disconnect();
    }
  }

  it('the services of the deployment carry two nodes from their first start to a call', async () => {
    const env = {
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      SECRET_KEY: 'c41d8a7be2905f36c41d8a7be2905f37a1b2c3d4e5f60718293a4b5c6d7e8f90',
      SIMULATOR_SPEED: '200',
    };
    const nodes: RunningServer[] = await Promise.all([openServer(env), openServer(env)]);
    try {
      const [here, there] = nodes as [RunningServer, RunningServer];
      const { agents } = await here.request('GET', '/api/agents?limit=1');
      const { leads } = await here.request('GET', '/api/leads?limit=1');
      const { queue } = await here.request('POST', '/api/queues', {
        name: 'Unattended',
        settings: { pause_when_away_seconds: 0 },
        lead_ids: [leads[0].id],
      });
      const session = await here.request('POST', '/api/dialer/sessions', {
        agent_id: agents[0].id,
        queue_id: queue.id,
        lines: 1,
      });
      const call = await until('the call has ended', async () => {
        const { calls } = await there.request('GET', `/api/dialer/sessions/${session.id}`);
        return calls.find(({ outcome }: { outcome: string | null }) => outcome !== null) ?? null;
      });
      expect(call.lead.id).toBe(leads[0].id);
      const refused = nodes.flatMap(({ logged }) =>
        logged.filter((line) => /NOPERM|NOAUTH|permission denied/.test(JSON.stringify(line))),
      );
      expect(refused).toEqual([]);
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
    }
  });

  describe('Redis', () => {
    const refuses = (url: string, command: string, ...rest: string[]) =>
      expect(
        as(url, (client) => client.call(command, ...rest)),
        command,
      ).rejects.toThrow(/NOPERM|NOAUTH|WRONGPASS/);

    it('Redis refuses a client without the password', async () => {
      const { host } = new URL(redisUrl);
      await refuses(`redis://${host}`, 'get', 'outdial:{x}:a');
      await refuses(`redis://outdial:wrong@${host}`, 'get', 'outdial:{x}:a');
      await refuses(`redis://:${PASSWORD}@${host}`, 'get', 'outdial:{x}:a');
    });

    it('Redis gives the server its own keys and channels, and none of the rest', async () => {
      await as(redisUrl, async (client) => {
        expect(await client.set('outdial:{x}:a', '1')).toBe('OK');
        expect(await client.eval("return redis.call('get', KEYS[1])", 1, 'outdial:{x}:a')).toBe(
          '1',
        );
      });
      await refuses(redisUrl, 'set', 'another-program', '1');
      await refuses(redisUrl, 'publish', 'another-program', '1');
      await refuses(redisUrl, 'flushall');
      await refuses(redisUrl, 'config', 'set', 'dir', '/tmp');
      await refuses(redisUrl, 'acl', 'list');
      await refuses(redisUrl, 'keys', '*');
      await refuses(redisUrl, 'shutdown');
      await refuses(redisUrl, 'replicaof', '127.0.0.1', '1');
      await refuses(redisUrl, 'module', 'list');
    });

    it('Redis keeps the password as a digest that only its owner may read', async () => {
      const users = await readFile(join(folder, 'users.acl'), 'utf8');
      expect(users).not.toContain(PASSWORD);
      expect(users).toMatch(/user outdial on #[0-9a-f]{64} /);
    });

    it('throws no job away, as the doctor finds', async () => {
      const findings = await checkRedis(redisUrl);
      expect(findings.map(({ state }) => state)).not.toContain('problem');
    });
  });

  describe('PostgreSQL', () => {
    let database: OpenDatabase;
    beforeAll(async () => {
      database = await openDatabase({ url: databaseUrl, poolSize: 1 });
      await migrate(database.db);
    });
    afterAll(() => database?.close());

    it('PostgreSQL has a user for the server who is nothing but the owner of one database', async () => {
      const { rows } = await sql`
        select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
        from pg_roles where rolname = current_user
      `.execute(database.db);
      expect(rows).toEqual([
        {
          rolsuper: false,
          rolcreaterole: false,
          rolcreatedb: false,
          rolreplication: false,
          rolbypassrls: false,
        },
      ]);
    });

    it.each([
      ['runs no program for it', "copy agents to program 'id'"],
      ['reads no file for it', "copy agents from '/etc/passwd'"],
      ['shows it no file', "select pg_read_file('/etc/passwd')"],
      ['loads no code for it', "create function f() returns int as '/tmp/x', 'f' language c"],
      ['makes no user for it', 'create role another superuser login'],
      ['keeps triggers on', "set session_replication_role = 'replica'"],
      ['changes no setting of the cluster', "alter system set log_statement = 'all'"],
    ])('%s: %s', async (_what, statement) => {
      await expect(sql.raw(statement).execute(database.db)).rejects.toMatchObject({
        code: '42501',
      });
    });

    it('PostgreSQL lets it into no other database', async () => {
      const other = await openDatabase({
        url: databaseUrl.replace(/outdial$/, 'postgres'),
        poolSize: 1,
      });
      await expect(other.ping()).rejects.toThrow(/permission denied for database/);
      await other.close();
    });
  });
});
