import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { precompress } from './precompress.mjs';
import { root } from './requirements.mjs';
import { runTool, tools } from './run.mjs';

// What the web app is made of. Its packages count through the lockfile, the workspace's own through their source.
const WEB_INPUTS = [
  'apps/web/src',
  'apps/web/public',
  'apps/web/index.html',
  'apps/web/package.json',
  'apps/web/tsconfig.json',
  'apps/web/vite.config.ts',
  'client/src',
  'protocol/src',
  'package-lock.json',
  'scripts/precompress.mjs',
];
const WEB_STAMP = join(root, 'apps/web/dist/.build-stamp');

/**
 * Builds what is stale and says what it does. The server and the web app do not meet until run time, so the two are built
 * side by side. With `everything`, all packages are type checked and built, the ones that only tests use too.
 */
export async function build({ everything = false } = {}) {
  const [server, web] = await Promise.all([
    runTool(tools.tsc, ['--build', 'apps/server', 'apps/cli']),
    buildWeb(),
  ]);
  // After Vite, which empties apps/web/dist, where the declarations of the web app go as well.
  const rest = !everything || (await runTool(tools.tsc, ['--build']));
  return server && web && rest;
}

export function buildServer() {
  return runTool(tools.tsc, ['--build', 'apps/server']);
}

async function buildWeb() {
  if (!existsSync(join(root, 'apps/web/index.html'))) return true;
  const stamp = fingerprint(WEB_INPUTS);
  if (existsSync(WEB_STAMP) && readFileSync(WEB_STAMP, 'utf8') === stamp) return true;
  console.log('Building the web app …');
  const started = Date.now();
  if (
    !(await runTool(tools.vite, ['build', '--logLevel', 'warn'], { cwd: join(root, 'apps/web') }))
  ) {
    return false;
  }
  await precompress(join(root, 'apps/web/dist'));
  writeFileSync(WEB_STAMP, stamp);
  console.log(`Built the web app in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  return true;
}

/** By content, not by time: a fresh checkout and a switched branch get it right, and hashing takes milliseconds. */
function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesUnder).sort()) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesUnder(path) {
  const absolute = join(root, path);
  if (!existsSync(absolute)) return [];
  const entries = readdirSyncOrNothing(absolute);
  if (!entries) return [path];
  return entries
    .map((entry) => join(path, entry))
    .flatMap(filesUnder)
    .filter((file) => !/\.test\.tsx?$/.test(file));
}

/** The names inside a folder; undefined for a file. */
function readdirSyncOrNothing(absolute) {
  try {
    return readdirSync(absolute);
  } catch (error) {
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const started = Date.now();
  // What runs in production, or all that there is.
  const succeeded = await build({ everything: !process.argv.includes('--runtime') });
  console.log(
    succeeded
      ? `The build is up to date (${((Date.now() - started) / 1000).toFixed(1)} s).`
      : 'The build failed; the messages above say where.',
  );
  process.exitCode = succeeded ? 0 : 1;
}
