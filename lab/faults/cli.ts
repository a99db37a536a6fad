import { parseArgs } from 'node:util';
import { startPostgresServer } from '@outdial/testing/services';
import { setup as buildFirst } from '../server/build-first.js';
import { KILLS } from './kill-faults.js';
import { randomFault } from './random-fault.js';
import { type FaultRow, faultTable } from './report.js';
import { type Fault, runFault } from './run-fault.js';
import { LONG_SCHEDULES, SCHEDULES } from './schedules.js';

const USAGE = `Lets things go wrong while agents work, and checks that every promise was kept.

  npm run faults                            every kill point and every schedule once, long ones too
  npm run faults -- --rounds 50 --seed 7    so many days, in each of which faults that the seed chooses come together
  npm run faults -- --rounds 1 --seed 42    one such day again
  npm run faults -- --only Redis            those whose title has this word

  --at-once 2     how many run beside each other
`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    'at-once': { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(USAGE);
else process.exitCode = await main();

async function main(): Promise<number> {
  const seed = wholeNumber('seed', values.seed);
  const faults: readonly Fault[] =
    values.rounds === undefined
      ? [...KILLS, ...SCHEDULES, ...LONG_SCHEDULES].filter(({ title }) =>
          title.includes(values.only),
        )
      : Array.from({ length: wholeNumber('rounds', values.rounds) }, (_, round) =>
          randomFault(seed + round),
        );
  await buildFirst();
  const postgres = await startPostgresServer({ settings: { synchronous_commit: 'on' } });
  process.env.TEST_POSTGRES_URL = postgres.url;
  const rows: FaultRow[] = [];
  let failed = 0;
  const left = [...faults];
  const work = async (): Promise<void> => {
    for (let fault = left.shift(); fault !== undefined; fault = left.shift()) {
      const { title } = fault;
      try {
        const { row, breaches } = await runFault(fault);
        rows.push(row);
        console.log(`${row.result}  ${title}  (${row.calls} calls, ${row.seconds.toFixed(0)} s)`);
        if (breaches.length > 0) failed += 1;
        for (const breach of breaches) console.log(`        ${breach}`);
      } catch (error) {
        failed += 1;
        console.log(`FAILED  ${title}`);
        console.log(error);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: wholeNumber('at-once', values['at-once']) }, work));
  } finally {
    await postgres.stop();
  }
  console.log(`\n${faultTable(rows)}\n`);
  console.log(
    failed === 0 ? 'Every promise was kept.' : `${failed} of ${faults.length} went wrong.`,
  );
  return failed === 0 ? 0 : 1;
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  process.stderr.write(`--${name} must be a whole number above 0, not "${text}".\n\n${USAGE}`);
  process.exit(2);
}
