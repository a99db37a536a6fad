import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const CLI = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  /** What it has written to its standard output so far. */
  out(): string;
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

export interface CommandLine {
  /** A folder for its login session and files, removed when the test ends. */
  readonly folder: string;
  start(args: readonly string[], more?: { input?: string; env?: Record<string, string> }): Running;
  run(
    args: readonly string[],
    more?: { input?: string; env?: Record<string, string> },
  ): Promise<Ended>;
}

/** The built `outdial` program, on a configuration of its own, for the server at `url`. */
export async function commandLine(url: string): Promise<CommandLine> {
  const folder = await mkdtemp(join(tmpdir(), 'outdial-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const start: CommandLine['start'] = (args, { input = '', env = {} } = {}) => {
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, OUTDIAL_URL: url, OUTDIAL_CONFIG_DIR: folder, ...env },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const written = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      written.err += text;
    });
    child.stdin.end(input);
    return {
      out: () => written.out,
      signal: (signal) => void child.kill(signal),
      ended: new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code) => resolve({ code, ...written }));
      }),
    };
  };
  return { folder, start, run: (args, more) => start(args, more).ended };
}
