import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DatabaseTaken, DataDirInUse, MigrationEdited } from '@outdial/postgres';
import { RedisAway } from './cluster/join-nodes.js';
import { environment } from './config/environment.js';
import { readConfig } from './config/read-config.js';
import { WeakAdminPassword } from './features/accounts/first-accounts.js';
import { welcome } from './features/accounts/welcome.js';
import { nodeSupport } from './platform/node-support.js';
import { createServer, type Server } from './program/create-server.js';
import { InternalKeysMissing } from './secrets/internal-keys.js';
import { CannotOpen } from './secrets/keyring.js';
import { BadKeyFile } from './secrets/secret-keys.js';
import { createLogger } from './telemetry/logger.js';

/** Their messages say what happened and what to do. */
const PLAIN_ERRORS = [
  BadKeyFile,
  CannotOpen,
  DataDirInUse,
  DatabaseTaken,
  InternalKeysMissing,
  MigrationEdited,
  RedisAway,
  WeakAdminPassword,
];

/** Live calls get so long to end by themselves when the server is stopped. */
const GRACE_MS = 15_000;

const read = readConfig(environment());
if (!read.ok) {
  say(['Outdial cannot start with this configuration:', ...read.problems.map((p) => `  - ${p}`)]);
  process.exit(1);
}
const { config } = read;
const log = createLogger(config);
const packageJson = fileURLToPath(new URL('../package.json', import.meta.url));
const { version } = JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string };
const webRoot = fileURLToPath(new URL('../../web/dist', import.meta.url));

/** Passwords that have not been shown yet. */
let unseen: readonly string[] = [];

try {
  const onLost = (error: DatabaseTaken): void => {
    log.fatal({ err: error }, 'another node took this one’s place at the database');
    process.exit(1);
  };
  const server = await createServer(config, { log, webRoot, version, onLost });
  const signIn = welcome(server.firstAccounts);
  unseen = signIn;
  const address = await server.start();
  const support = nodeSupport(process.version, new Date().toISOString().slice(0, 10));
  if (support.state !== 'good') {
    const level = support.state === 'ended' ? 'warn' : 'info';
    log[level]({ node: process.version, remedy: support.remedy }, support.says);
  }
  log.info({ version, address, connections: server.connections() }, 'server started');
  say([
    '',
    `  Outdial is running at ${address.replace('127.0.0.1', 'localhost')}`,
    `  ${callsGoThrough(server.connections())}`,
    config.database.kind === 'embedded'
      ? `  Data is kept in ${config.database.dataDir} (it survives the end of the program, not a power cut).`
      : '  Data is kept in the PostgreSQL server of DATABASE_URL.',
    '  Stop it with Ctrl-C; sessions go on at the next start.',
    '',
    ...(signIn.length > 0 ? [...signIn, ''] : []),
    ...(support.state === 'ended' ? [`  ${support.says} ${support.remedy}`, ''] : []),
  ]);
  unseen = [];

  let asked = 0;
  const stop = async (): Promise<void> => {
    asked += 1;
    if (asked > 1) process.exit(130);
    const live = await server.liveCalls();
    if (live > 0) {
      say([
        `Waiting up to ${GRACE_MS / 1000} s for ${live} live ${live === 1 ? 'call' : 'calls'} to end. Ctrl-C again stops at once; nothing is lost.`,
      ]);
    }
    await server.close(GRACE_MS);
    log.info('server stopped');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stop().catch((error: unknown) => {
        log.fatal({ err: error }, 'stopping failed');
        process.exit(1);
      });
    });
  }
} catch (error) {
  say(['Outdial cannot start.', `  ${sentenceOf(error)}`]);
  // The accounts are there already, and the next start will not show their passwords.
  if (unseen.length > 0) say(['', ...unseen, '']);
  log.debug({ err: error }, 'start failed');
  process.exit(1);
}

function sentenceOf(error: unknown): string {
  if (PLAIN_ERRORS.some((plain) => error instanceof plain)) return (error as Error).message;
  if (!(error instanceof Error)) return String(error);
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return `Port ${config.http.port} is in use. Stop the other program, or choose another one: PORT=3001 npm start`;
    case 'EACCES':
      return `${error.message}. Choose a port above 1024 with PORT, or a DATA_DIR that you may write to.`;
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
      return 'The PostgreSQL server of DATABASE_URL does not answer. Start it, or leave DATABASE_URL out.';
    default:
      return `${error.message} (LOG_LEVEL=debug tells more)`;
  }
}

/** For people at a terminal; programs read the log. */
function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function callsGoThrough(connections: ReturnType<Server['connections']>): string {
  const real = connections.filter(({ isPractice }) => !isPractice).map(({ label }) => label);
  return real.length === 0
    ? 'Practice only: no real phone rings. Connect a phone system under Settings, Connections.'
    : `Calls go through ${real.join(', ')}.`;
}
