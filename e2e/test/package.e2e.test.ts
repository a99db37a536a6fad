import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@outdial/lab/server/free-port';
import { until } from '@outdial/lab/server/until';
import { expect, onTestFinished, test } from 'vitest';

const MAKE = fileURLToPath(new URL('../../scripts/package.mjs', import.meta.url));
const run = promisify(execFile);
/** npm unpacks some thousand files; a busy machine with a slow disk takes minutes. */
const STARTED_WITHIN_MS = 300_000;

test(
  'the package starts with npx alone in an empty folder, and its command line reaches it',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'outdial-package-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await run(process.execPath, [MAKE, '--out', folder]);
    const [tarball = ''] = await readdir(folder);
    expect(tarball).toMatch(/^outdial-\d+\.\d+\.\d+\.tgz$/);

    const url = `http://127.0.0.1:${await freePort()}`;
    // An empty cache, as on a machine that has Node.js and nothing else.
    const env = {
      ...process.env,
      NODE_ENV: 'production',
      npm_config_cache: join(folder, 'npm-cache'),
      OUTDIAL_CONFIG_DIR: join(folder, 'config'),
      PORT: new URL(url).port,
    };
    const npx = ['--yes', `./${tarball}`];
    // A group of its own: Ctrl-C at a terminal reaches npx and the server alike.
    const server = spawn('npx', npx, { cwd: folder, env, detached: true });
    const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
    const signal = (name: NodeJS.Signals) => process.kill(-(server.pid ?? 0), name);
    onTestFinished(() => {
      if (server.exitCode === null && server.signalCode === null) signal('SIGKILL');
    });
    let written = '';
    for (const stream of [server.stdout, server.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        written += text;
      });
    }
    await until(
      'the package has started',
      async () => {
        if (server.exitCode !== null) throw new Error(`It ended: ${written}`);
        return written.includes('Outdial is running at') && 'started';
      },
      { timeoutMs: STARTED_WITHIN_MS },
    );
    expect(written).not.toMatch(/npm (warn|error)/i);

    const page = await fetch(url);
    expect(page.headers.get('content-type')).toMatch(/text\/html/);
    expect(await page.text()).toContain('<div id="root"');
    const password = /admin@outdial\.example +(\S+)/.exec(written)?.[1] ?? '';
    const login = await fetch(`${url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'admin@outdial.example', password }),
    });
    expect(login.status).toBe(200);

    const { stdout } = await run('npx', [...npx, 'doctor', '--json', '--url', url], {
      cwd: folder,
      env,
    }).catch((error: { stdout: string }) => error);
    const checks = JSON.parse(stdout).findings as { check: string; state: string }[];
    // The command line has no sign-in yet, so `doctor` ends with 8; the rest of its checks pass.
    expect(checks).toContainEqual(expect.objectContaining({ check: 'server', state: 'ok' }));
    expect(checks).toContainEqual(expect.objectContaining({ check: 'database', state: 'ok' }));

    signal('SIGINT');
    await ended;
    expect(written).toContain('server stopped');
  },
  2 * STARTED_WITHIN_MS,
);
