import { parseArgs } from 'node:util';
import { runWorld } from './run-world.js';
import { Tally } from './tally.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '200' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const USAGE = `Lives through simulated worlds and checks the promises of the dialer in each.

  npm run worlds -- --count 1000            many worlds, from seed 1 on
  npm run worlds -- --seed 42 --count 1     one world again
  npm run worlds -- --seed 42 --count 1 --verbose
                                            and tells its story
`;

if (values.help) {
  process.stdout.write(USAGE);
} else {
  await main(wholeNumber('seed', values.seed), wholeNumber('count', values.count));
}

async function main(first: number, count: number): Promise<void> {
  const total = new Tally();
  const begun = performance.now();
  let failures = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const { failure, tally, plan } = await runWorld(
      seed,
      values.verbose ? { onLine: (line) => console.log(line) } : {},
    );
    if (values.verbose) console.log(JSON.stringify(plan, null, 2));
    total.add(tally);
    if (failure === null) continue;
    failures += 1;
    console.log(`\nWorld ${seed} broke ${failure.promise} at ${failure.at.toISOString()}:`);
    console.log(`  ${failure.saw}`);
    console.log(`  ${failure.replay}`);
  }
  const seconds = (performance.now() - begun) / 1000;
  console.log(`\n${count} worlds from seed ${first} in ${seconds.toFixed(1)} s:`);
  for (const [what, times] of total.entries()) console.log(`${String(times).padStart(9)}  ${what}`);
  console.log(failures === 0 ? 'Every promise was kept.' : `${failures} worlds broke a promise.`);
  process.exitCode = failures === 0 ? 0 : 1;
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  process.stderr.write(`--${name} must be a whole number, not "${text}".\n\n${USAGE}`);
  process.exit(2);
}
