import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { auditDependencies } from './audit-deps.mjs';
import { build } from './build.mjs';
import { fetchOtherNode, otherLine, tryOtherNode } from './other-node.mjs';
import { root } from './requirements.mjs';
import { run, runTool, tools } from './run.mjs';
import { summaryFile } from './test-summary-reporter.mjs';

// `npm test`: everything that must hold, in one go, with one line at the end that says how it went. A step that fails does
// not keep the later ones from running, so that one run shows everything to fix.
// `npm test -- <words>` narrows the test files to those whose path contains the words.

const SUMMARY = join(root, summaryFile);
const inCi = process.env.CI === 'true';
const failures = [];

await step('Build and types', async () => {
  const built = await build({ everything: true });
  return (await runTool(tools.tsc, ['--project', 'tsconfig.tests.json'])) && built;
});
await step('Lint and format', () => runTool(tools.biome, ['check', '.']));
await step('Audit of dependencies', () => auditDependencies());

// Loaded here and not above: without node_modules, requirements.mjs is to speak first.
const { tsImport } = await import('tsx/esm/api');
const { findChromium, findPostgres, findRedis } = await tsImport(
  '../testing/src/services/index.ts',
  import.meta.url,
);
const services = {
  PostgreSQL: {
    isThere: () => Boolean(process.env.TEST_POSTGRES_URL) || findPostgres() !== undefined,
    debianPackage: 'postgresql',
    otherwise: 'or set TEST_POSTGRES_URL to a server whose user may create databases',
  },
  Redis: {
    isThere: () => findRedis() !== undefined,
    debianPackage: 'redis-server',
    otherwise: 'or put redis-server on the PATH',
  },
  Chromium: {
    isThere: () => findChromium() !== undefined,
    debianPackage: 'chromium',
    otherwise: 'or set OUTDIAL_CHROMIUM to the path of a Chromium or Chrome',
  },
};
/** Single tests use these, and are skipped without them: what operators get is tried with the programs they will use. */
const extras = {
  promtool: { isThere: () => runs('promtool', '--version'), debianPackage: 'prometheus' },
  Caddy: { isThere: () => runs('caddy', 'version'), debianPackage: 'caddy' },
};
const suites = {
  unit: [],
  web: [],
  int: ['PostgreSQL', 'Redis'],
  e2e: ['PostgreSQL', 'Redis', 'Chromium'],
};

await installMissing();
const leftOut = Object.entries(suites).flatMap(([suite, needs]) => {
  const missing = needs.filter((name) => !services[name].isThere());
  return missing.length > 0 ? [{ suite, missing }] : [];
});
const projects = Object.keys(suites).filter(
  (suite) => !leftOut.some((left) => left.suite === suite),
);

rmSync(SUMMARY, { force: true });
const testsSucceeded = await step('Tests', () =>
  runTool(tools.vitest, [
    'run',
    ...projects.map((project) => `--project=${project}`),
    '--reporter=default',
    '--reporter=./scripts/test-summary-reporter.mjs',
    ...process.argv.slice(2),
  ]),
);
// Not where only a few files are tried.
let notTried = null;
if (process.argv.length === 2) {
  const other = fetchOtherNode();
  if (other.path)
    await step(`Quick suite and a call on Node.js ${otherLine}`, () => tryOtherNode(other.path));
  else
    notTried = `Skipped: Node.js ${otherLine}, on which the quick suite and a call would be tried: ${other.sentence}.`;
}
report();

async function step(name, work) {
  console.log(`\n── ${name}`);
  const started = Date.now();
  const succeeded = await work();
  if (!succeeded) failures.push(name);
  console.log(
    `── ${name}: ${succeeded ? 'ok' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)`,
  );
  return succeeded;
}

function runs(program, argument) {
  return spawnSync(program, [argument], { stdio: 'ignore' }).status === 0;
}

async function installMissing() {
  const missing = Object.values({ ...services, ...extras }).filter(({ isThere }) => !isThere());
  const mayInstall =
    process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
  if (missing.length === 0 || !mayInstall) return;
  await step('Installing what the tests need', async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { env });
    const packages = missing.map((service) => service.debianPackage);
    await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], { env });
    // What counts is whether it is there now; a suite that lacks it is reported with the rest.
    return true;
  });
}

function report() {
  const tests = existsSync(SUMMARY)
    ? JSON.parse(readFileSync(SUMMARY, 'utf8'))
    : { passed: 0, failed: 0, failures: [], skipped: [] };
  let failed = tests.failed + failures.filter((name) => name !== 'Tests').length;
  // Vitest can fail without a failed test, for instance before any test began; and no test at all is no success either.
  if (tests.failed === 0 && (!testsSucceeded || tests.passed === 0)) failed += 1;
  let skipped = tests.skipped.length;

  console.log('');
  if (failures.length > 0) console.log(`Failed: ${failures.join(', ')}`);
  // Once more at the end: a person who reads only the last lines of a log sees which test it was.
  for (const { test, error } of tests.failures) console.log(`Failed: ${test}: ${error}`);
  for (const { test, reason } of tests.skipped) console.log(`Skipped: ${test} (${reason})`);
  if (notTried !== null) {
    console.log(notTried);
    skipped += 1;
  }
  for (const { suite, missing } of leftOut) {
    const packages = missing.map((name) => services[name].debianPackage).join(' ');
    console.log(
      `${inCi ? 'Failed' : 'Left out'}: the suite "${suite}" needs ${missing.join(' and ')}. ` +
        `Install it (Debian: apt-get install ${packages}), ` +
        `${missing.map((name) => services[name].otherwise).join('; ')}.`,
    );
    if (inCi) failed += 1;
    else skipped += 1;
  }
  console.log(
    `${tests.passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
}
