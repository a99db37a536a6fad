/**
 * The benchmarks: `npm run bench [-- name…] [--quick] [--commit-ms N]`. The program is measured as it is built, as in earnest.
 *
 * A bench is a file `lab/bench/<name>.ts` that exports `bench: Bench` (see `figures.ts`), and its name stands in BENCHES below.
 * It measures and returns figures; each figure stands beside a yardstick measured in the same run, so that two machines can be
 * compared, and beside its goal where it has one. A bench opens its own databases with `scratch-databases.ts` and leaves
 * nothing behind; it runs in a process of its own (no bench pays for another one's heap) and is ended when it takes longer than
 * its `minutesAtMost`. The database servers of a bench that was killed end with it.
 *
 * What it measured goes into RESULTS.md, section by section: a run of some benches leaves the sections of the others as they
 * are. `results.json` holds the same for programs. `--quick` takes smaller sizes, prints, and writes nothing down: its figures
 * are for the person who works on them. `--commit-ms N` lets each flush of the database's log wait N ms first, as on a slower disk,
 * for the benches that count commits; its sections stand beside those without. A goal that is not reached is a result, not an error; a bench that fails is (exit code 1).
 */
import { execFileSync, fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findPostgres } from '@outdial/testing/services';
import { line, type Measured, type Result, render } from './figures.js';

const BENCHES: readonly string[] = [
  'webhook-intake',
  'dial-loop',
  'next-dial',
  'first-connect',
  'claim',
  'import',
  'history',
  'nodes',
  'memory',
];

const arguments_ = process.argv.slice(2);
const quick = arguments_.includes('--quick');
const commitMs = readCommitMs();
const named = arguments_.filter((argument) => argument !== '--quick');
const unknown = named.filter((name) => !BENCHES.includes(name));
if (unknown.length > 0) {
  console.error(`There is no bench "${unknown[0]}". The benches are: ${BENCHES.join(', ')}.`);
  process.exit(2);
}

const results = fileURLToPath(new URL('results.json', import.meta.url));
const page = fileURLToPath(new URL('RESULTS.md', import.meta.url));
const runner = fileURLToPath(new URL('run-one.ts', import.meta.url));

const machine = {
  cores: availableParallelism(),
  processor: cpus()[0]?.model ?? 'unknown',
  gigabytes: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  postgres: postgresVersion(),
};
console.log(
  `${machine.cores} cores (${machine.processor}), ${machine.gigabytes} GB, Node ${machine.node}, PostgreSQL ${machine.postgres}`,
);

for (const name of named.length > 0 ? named : BENCHES) {
  console.log(
    `\n${name}${quick ? ', quick' : ''}${commitMs > 0 ? `, each commit ${commitMs} ms slower` : ''}`,
  );
  const commit = currentCommit();
  const startedAt = new Date();
  const [loadBefore = 0] = loadavg();
  const measured = await runOne(name);
  if (measured === null) {
    process.exitCode = 1;
    continue;
  }
  for (const figure of measured.figures) console.log(`  ${line(figure)}`);
  if (measured.figures.some(({ goal }) => goal?.reached === false)) {
    console.log(`  Cause: ${measured.cause ?? 'not known yet'}`);
  }
  if (quick) continue;
  const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
  const result: Result = {
    ...measured,
    name,
    date: startedAt.toISOString(),
    seconds,
    ...(commitMs > 0 && { commitMs }),
    commit,
    loadBefore,
    machine,
  };
  const others = readResults().filter(
    (other) => other.name !== name || (other.commitMs ?? 0) !== commitMs,
  );
  const all = BENCHES.flatMap((each) => [...others, result].filter((one) => one.name === each));
  writeFileSync(results, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(page, render(all));
}

/** null: it failed, and has said why. */
function runOne(name: string): Promise<Measured | null> {
  return new Promise((resolve) => {
    let measured: Measured | null = null;
    const child = fork(
      runner,
      [name, ...(quick ? ['--quick'] : []), '--commit-ms', String(commitMs)],
      {
        execArgv: ['--import', 'tsx', '--expose-gc'],
      },
    );
    let deadline: NodeJS.Timeout | undefined;
    child.on('message', (message: { minutesAtMost: number } | { measured: Measured }) => {
      if ('measured' in message) {
        measured = message.measured;
        return;
      }
      deadline = setTimeout(() => {
        console.error(`  It took longer than ${message.minutesAtMost} minutes and was ended.`);
        child.kill('SIGKILL');
      }, message.minutesAtMost * 60_000);
    });
    child.on('exit', (code) => {
      clearTimeout(deadline);
      if (code !== 0) console.error(`  The bench "${name}" failed.`);
      resolve(code === 0 ? measured : null);
    });
  });
}

/** Takes it out of the arguments; 0 without it. Ends the program where it is not milliseconds that PostgreSQL can wait. */
function readCommitMs(): number {
  const at = arguments_.indexOf('--commit-ms');
  if (at < 0) return 0;
  const [, given = ''] = arguments_.splice(at, 2);
  const ms = Number(given);
  if (given !== '' && ms > 0 && ms <= 100) return ms;
  console.error('--commit-ms takes milliseconds, above 0 and up to 100.');
  process.exit(2);
}

function readResults(): Result[] {
  try {
    return JSON.parse(readFileSync(results, 'utf8')) as Result[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function currentCommit(): string {
  try {
    const git = (...words: string[]) =>
      execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    // The results themselves change with every run.
    const changes = git(
      'status',
      '--porcelain',
      '--',
      '.',
      ':!lab/bench/RESULTS.md',
      ':!lab/bench/results.json',
    );
    return `${git('rev-parse', '--short', 'HEAD')}${changes === '' ? '' : ', with uncommitted changes'}`;
  } catch {
    return 'not from a git checkout';
  }
}

function postgresVersion(): string {
  const folder = findPostgres();
  if (folder === undefined) return 'not installed';
  const said = execFileSync(`${folder}/postgres`, ['--version'], { encoding: 'utf8' });
  return /\d+(\.\d+)*/.exec(said)?.[0] ?? said.trim();
}
