import { once } from 'node:events';
import { createServer } from 'node:net';
import { about, type Finding, wordsOf } from '@outdial/kit';
import { Readiness } from '@outdial/protocol';
import type { Config } from '../config/read-config.js';
import { nodeSupport } from '../platform/node-support.js';

/** The version that `engines` asks for, and whether it still gets security fixes. */
export function checkNode(running: string, wanted: string, today: string): Finding {
  const { ok, warning, problem } = about('Node.js');
  const numbers = (version: string): number[] => version.replace(/^\D+/, '').split('.').map(Number);
  const [ours = [], theirs = []] = [numbers(running), numbers(wanted)];
  const at = theirs.findIndex((part, index) => (ours[index] ?? 0) !== part);
  const isOld = at >= 0 && (ours[at] ?? 0) < (theirs[at] ?? 0);
  if (isOld) return problem(running, `Install Node.js ${theirs.join('.')} or later.`);
  const { state, says, remedy } = nodeSupport(running, today);
  return state === 'good' ? ok(running) : warning(`${running}: ${says}`, remedy);
}

/** A server that answers at our port, or nothing there. */
export interface Program {
  readonly running: Readiness | null;
  readonly findings: readonly Finding[];
}

export async function checkProgram({ http }: Pick<Config, 'http'>): Promise<Program> {
  const { ok, warning, problem } = about('port');
  const host = http.host === '0.0.0.0' || http.host === '::' ? '127.0.0.1' : http.host;
  const shown = `${http.host}:${http.port}`;
  if (http.port === 0) return { running: null, findings: [ok('any that is free')] };
  try {
    const server = createServer().listen(http.port, http.host);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return { running: null, findings: [ok(`${shown} is free; no server is running there`)] };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
      const fix = 'Choose another PORT or HOST; ports below 1024 need a right of their own.';
      return { running: null, findings: [problem(`${shown}: ${wordsOf(error)}`, fix)] };
    }
  }
  const running = await askReadiness(
    `http://${host.includes(':') ? `[${host}]` : host}:${http.port}`,
  );
  if (running === null) {
    const fix = `Stop the program that listens at ${shown}, or choose another PORT.`;
    return { running, findings: [problem(`${shown} is in use by another program`, fix)] };
  }
  const parts = Object.entries(running.dependencies).map(([name, { status, detail }]) => {
    const says = `${status}${detail === null ? '' : ` (${detail})`}`;
    const thing = about(`server: ${name}`);
    if (status === 'ok') return thing.ok(says);
    return status === 'degraded' ? thing.warning(says) : thing.problem(says, 'See its log.');
  });
  const said = `Outdial ${running.version} is running at ${shown}`;
  return {
    running,
    findings: [
      running.status === 'ready'
        ? ok(`${said} and ready`)
        : warning(
            `${said}, not ready`,
            'It is starting or stopping, or its database is away: see below.',
          ),
      ...parts,
    ],
  };
}

async function askReadiness(url: string): Promise<Readiness | null> {
  try {
    const answer = await fetch(`${url}/readyz`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(5_000),
    });
    const read = Readiness.safeParse(await answer.json());
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
