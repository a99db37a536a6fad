import { ACCOUNTS_ENV, type Person, personAt } from '@outdial/testing/sign-in';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { readConfig } from '../../src/config/read-config.js';
import { createServer } from '../../src/program/create-server.js';

export interface RunningServer {
  readonly url: string;
  readonly logged: readonly Record<string, unknown>[];
  /** The first admin. */
  readonly admin: Person;
  /** As the first admin, who acts for the first agent where an agent's own calls are meant. Fails unless the answer is 2xx. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are asserted field by field.
  request(method: string, path: string, body?: unknown): Promise<any>;
  text(path: string): Promise<string>;
  close(): Promise<void>;
}

/** Paths that are about the calling agent. */
const SOMEBODYS_OWN = /^\/api\/(dialer\/(status|start|pause|resume|stop)|agents\/me)\b/;

/** The whole server within the test's process, on a database in memory and a free port; gone when the test is over. */
export async function startServer(env: Record<string, string> = {}): Promise<RunningServer> {
  const server = await openServer(env);
  onTestFinished(() => server.close());
  return server;
}

/** The same, to be closed by the caller. */
export async function openServer(env: Record<string, string> = {}): Promise<RunningServer> {
  const read = readConfig({
    PORT: '0',
    DATA_DIR: ':memory:',
    SIMULATOR_SPEED: '1000',
    ...ACCOUNTS_ENV,
    ...env,
  });
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const logged: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'info' },
    { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const server = await createServer(read.config, { log, webRoot: '/nowhere', version: '1.2.3' });
  const url = await server.start();
  const admin = personAt(url);
  let firstAgent: string | undefined;
  const request: RunningServer['request'] = async (method, path, body) => {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (SOMEBODYS_OWN.test(path)) {
      firstAgent ??= (await request('GET', '/api/agents?limit=1')).agents[0].id as string;
      headers['x-agent-id'] = firstAgent;
    }
    const ask = path.startsWith('/api/') ? admin.fetch : fetch;
    const response = await ask(`${url}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    url,
    logged,
    admin,
    request,
    text: async (path) => (await fetch(`${url}${path}`)).text(),
    close: () => server.close(),
  };
}

/** How simulated phones behave from the next call on; what is not named stays. */
export async function setPractice(
  server: Pick<RunningServer, 'request'>,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { version, settings } = await server.request('GET', '/api/connections/simulator');
  await server.request('PATCH', '/api/connections/simulator', {
    version,
    settings: { ...settings, ...changes },
  });
}

/** Looks until it is so. */
export async function until<T>(what: string, look: () => Promise<T | null | false>): Promise<T> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== false) return seen;
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
