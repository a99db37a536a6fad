import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.js';

const run = promisify(execFile);

export interface PostgresServer {
  /** The maintenance database; `createTestDatabase` makes the ones that tests use. */
  readonly url: string;
  readonly pid: number;
  /**
   * Stops it and starts it again, at the same address with the same data. `fast` ends every connection and writes a
   * checkpoint; `immediate` is its crash, after which it recovers from its log. With `synchronous_commit` off a crash takes
   * back what was committed last. Resolves when it answers.
   */
  restart(mode: 'fast' | 'immediate'): Promise<void>;
  stop(): Promise<void>;
}

/** The folder that holds `initdb` and `postgres`: on the PATH, else the newest of Debian's. */
export function findPostgres(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const onPath = (environment.PATH ?? '').split(delimiter).filter(Boolean);
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const packaged = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(debian, version, 'bin'));
  return [...onPath, ...packaged].find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  );
}

export interface PostgresOptions {
  /** Every commit is flushed to disk, as in earnest: for benchmarks. */
  readonly durable?: boolean;
  /** The superuser who makes the cluster; `outdial` unless told. */
  readonly superuser?: string;
  /** More of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * A PostgreSQL server for one test run: loopback only, a free port, a random password, its data in a folder that goes with
 * it. Unless `durable` nothing is flushed to disk, so it is quick and would not survive the machine; no test may care.
 */
export async function startPostgresServer(options: PostgresOptions = {}): Promise<PostgresServer> {
  const bin = findPostgres();
  if (!bin) {
    throw new Error(
      'No PostgreSQL server program was found. Install it (Debian: apt-get install postgresql), ' +
        'or set TEST_POSTGRES_URL to a server whose user may create databases.',
    );
  }
  const identity = await unprivilegedIdentity();
  const folder = await mkdtemp(join(tmpdir(), 'outdial-postgres-'));
  try {
    if (identity) await chown(folder, identity.uid, identity.gid);
    const password = randomBytes(18).toString('hex');
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, password);
    if (identity) await chown(passwordFile, identity.uid, identity.gid);
    await chmod(passwordFile, 0o600);
    const data = join(folder, 'data');
    await run(
      join(bin, 'initdb'),
      // C.UTF-8 knows upper and lower case beyond ASCII, and sorts the same on every machine.
      `--pgdata=${data} --username=${options.superuser ?? 'outdial'} --auth=scram-sha-256 --pwfile=${passwordFile} --encoding=UTF8`
        .split(' ')
        .concat(process.platform === 'darwin' ? '--locale=en_US.UTF-8' : '--locale=C.UTF-8')
        .concat('--no-sync', '--no-instructions'),
      { ...identity, cwd: folder },
    );
    return await launch({ bin, data, folder, identity, password, options });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

interface Launch {
  bin: string;
  data: string;
  folder: string;
  identity: Identity | undefined;
  password: string;
  options: PostgresOptions;
}

async function launch({
  bin,
  data,
  folder,
  identity,
  password,
  options,
}: Launch): Promise<PostgresServer> {
  const port = await freePort();
  const log = join(folder, 'log');
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    ...(!options.durable && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    max_connections: '200',
    ...options.settings,
  };
  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // The shell is a keeper: it holds a pipe from this process, and when that closes, because we asked or because we were
  // killed, it stops the server and removes the folder. `detached` keeps the terminal's Ctrl-C from reaching the server
  // before the tests have let go of it.
  const keeper = spawn(
    'sh',
    ['-c', KEEPER, 'sh', folder, log, join(bin, 'postgres'), '-D', data, ...given],
    { ...identity, cwd: folder, detached: true, stdio: ['pipe', 'pipe', 'ignore'] },
  );
  const exited = once(keeper, 'exit');
  const [firstLine] = await Promise.race([once(keeper.stdout, 'data'), exited]);
  const pid = Number(String(firstLine).trim());
  const url = `postgres://${options.superuser ?? 'outdial'}:${password}@127.0.0.1:${port}/postgres`;
  const stop = async () => {
    keeper.stdin.end();
    await exited;
  };
  try {
    await answers(url, keeper);
  } catch (error) {
    const written = await readFile(log, 'utf8').catch(() => '');
    await stop();
    throw new Error(`The test PostgreSQL server did not start. Its log:\n${written}`, {
      cause: error,
    });
  }
  return {
    url,
    pid,
    async restart(mode) {
      keeper.stdin.write(mode === 'fast' ? 'INT\n' : 'QUIT\n');
      await once(keeper.stdout, 'data');
      await answers(url, keeper);
    },
    stop,
  };
}

const KEEPER = `
folder=$1; log=$2; shift 2
"$@" >"$log" 2>&1 </dev/null &
server=$!
echo $server
while read -r signal; do
  kill -$signal $server
  wait $server
  "$@" >>"$log" 2>&1 </dev/null &
  server=$!
  echo $server
done
kill -INT $server 2>/dev/null
wait $server
cd /
rm -rf "$folder"
`;

async function answers(url: string, keeper: ChildProcess): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (Date.now() > deadline || keeper.exitCode !== null) throw error;
      await sleep(25);
    }
  }
}

interface Identity {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root, so root lends it the account of `postgres`, or else of `nobody`. */
async function unprivilegedIdentity(): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .map((line) => line.split(':'));
  const account = ['postgres', 'nobody']
    .map((name) => accounts.find((fields) => fields[0] === name))
    .find(Boolean);
  if (!account)
    throw new Error('As root, PostgreSQL needs an account `postgres` or `nobody` to run as.');
  return { uid: Number(account[2]), gid: Number(account[3]) };
}
