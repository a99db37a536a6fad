import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@outdial/client';
import { ACCOUNTS_ENV } from '@outdial/testing/sign-in';
import { type Admin, adminOf } from './admin.js';
import { freePort } from './free-port.js';
import { until } from './until.js';

const MAIN = fileURLToPath(new URL('../../apps/server/dist/main.js', import.meta.url));
/** The server as people run it. */
export const AS_BUILT: readonly string[] = ['--enable-source-maps', MAIN];
/** The first start makes the database: about 3 s on 2 free cores. */
const READY_WITHIN_MS = 120_000;
const STOPPED_WITHIN_MS = 120_000;

export type Environment = Readonly<Record<string, string>>;

export interface ServerPlace {
  /** On top of a port, a data directory, a first admin and `LOG_LEVEL`; some of it may depend on where the server will be. */
  readonly env?: Environment | ((url: string) => Environment);
  readonly dataDir?: string;
  /** The script that Node runs; the server as it was built, unless a test needs it prepared. */
  readonly program?: readonly string[];
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One line of the structured log. */
export interface LogLine {
  readonly level: number | string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/**
 * An Outdial server as people run it: a process of its own, on data of its own, that can be killed and started again
 * at the same address with the same data.
 */
export interface OutdialServer {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** The first admin, for requests that no client makes. */
  readonly admin: Admin;
  /** The admin, who acts for the first agent. Checks every answer against the protocol. */
  readonly client: Client;
  /** The admin, who acts for this agent. */
  clientOf(agentId: string): Client;
  /** Resolves once it says that it is running, and is ready. `env` is for this start only. */
  start(env?: Environment): Promise<void>;
  /** `kill -9`: as if the power of this one process went. */
  kill(): Promise<void>;
  /** Asks it to stop, and waits for that. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
  /** Without waiting: what happens while it stops. */
  signal(signal: NodeJS.Signals): void;
  exited(): Promise<Exit>;
  isRunning(): boolean;
  /** Everything it ever wrote, over all its starts. */
  output(): string;
  log(): LogLine[];
  /** Ends the process, whatever it does, and removes its data. Safe twice. */
  dispose(): Promise<void>;
}

/** What was started and not yet ended; should the test process go first, they go with it. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export async function createOutdialServer(place: ServerPlace = {}): Promise<OutdialServer> {
  const port = await freePort();
  const dataDir = place.dataDir ?? (await mkdtemp(join(tmpdir(), 'outdial-e2e-')));
  const url = `http://127.0.0.1:${port}`;
  const placeEnv = () => (typeof place.env === 'function' ? place.env(url) : place.env);
  let child: ChildProcess | undefined;
  let output = '';

  async function start(env: Environment = {}): Promise<void> {
    if (child !== undefined) throw new Error('The server runs already.');
    const saidBefore = output.length;
    const begun = run(
      { PORT: String(port), DATA_DIR: dataDir, ...ACCOUNTS_ENV, ...placeEnv(), ...env },
      (text) => {
        output += text;
      },
      place.program,
    );
    child = begun.child;
    child.once('exit', () => {
      if (child === begun.child) child = undefined;
    });
    await until(
      'the server is ready',
      async () => {
        if (child !== begun.child) return 'gone' as const;
        // What a person at the terminal waits for: by then it has recovered too.
        if (!output.slice(saidBefore).includes('Outdial is running at')) return false;
        const answer = await fetch(`${url}/readyz`);
        return answer.status === 200 && ('ready' as const);
      },
      { timeoutMs: READY_WITHIN_MS },
    ).then(
      (state) => {
        if (state === 'gone') throw new Error(`The server did not start. It wrote:\n${output}`);
      },
      (error: unknown) => {
        throw new Error(`The server did not become ready. It wrote:\n${lastLinesOf(output)}`, {
          cause: error,
        });
      },
    );
  }

  async function exited(): Promise<Exit> {
    const ending = child;
    if (ending === undefined) throw new Error('The server does not run.');
    const [code, signal] = (await once(ending, 'exit', {
      signal: AbortSignal.timeout(STOPPED_WITHIN_MS),
    })) as [number | null, NodeJS.Signals | null];
    return { code, signal };
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    const exit = exited();
    child?.kill(signal);
    return exit;
  }

  const admin = adminOf(url);
  const clientOf = (agentId?: string): Client => admin.client({ agentId, checkAnswers: true });

  return {
    url,
    port,
    dataDir,
    admin,
    client: clientOf(),
    clientOf,
    start,
    stop,
    exited,
    async kill() {
      await stop('SIGKILL');
    },
    signal: (signal) => {
      child?.kill(signal);
    },
    isRunning: () => child !== undefined,
    output: () => output,
    log: () => linesOf(output),
    async dispose() {
      if (child !== undefined) await stop('SIGKILL');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Starts the program with this environment alone and waits for its end: for starts that are meant to fail. */
export async function runToItsEnd(env: Environment): Promise<Exit & { readonly output: string }> {
  let output = '';
  const { child } = run(env, (text) => {
    output += text;
  });
  try {
    // Not `exit`, which may come before its last words.
    const [code, signal] = (await once(child, 'close', {
      signal: AbortSignal.timeout(READY_WITHIN_MS),
    })) as [number | null, NodeJS.Signals | null];
    return { code, signal, output };
  } finally {
    child.kill('SIGKILL');
  }
}

function run(
  env: Environment,
  write: (text: string) => void,
  program = AS_BUILT,
): { child: ChildProcess } {
  // Nothing of our own environment but what any program needs, so that no variable of the developer's shell gets in.
  const { PATH = '', HOME = '', TMPDIR, LANG } = process.env;
  const inherited = { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...(LANG && { LANG }) };
  const child = spawn(process.execPath, program, {
    env: { ...inherited, LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', write);
  }
  return { child };
}

function linesOf(output: string): LogLine[] {
  return output.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    try {
      return [JSON.parse(line) as LogLine];
    } catch {
      // The last line of a killed process may be half written.
      return [];
    }
  });
}

const lastLinesOf = (output: string): string => output.split('\n').slice(-40).join('\n');
