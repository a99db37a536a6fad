import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createInstallation, type Installation, PREPARED_SERVER } from '../faults/installation.js';
import { type Strain, writeStrain } from '../faults/strain.js';
import { allQuiet, watch } from '../faults/watch.js';
import { setup as buildFirst } from '../server/build-first.js';
import {
  compare,
  comparisonTable,
  grewTooMuch,
  readMetrics,
  type Sample,
  sampleOf,
} from './figures.js';
import { beginShift, type Shift } from './shift.js';

const USAGE = `Agents work on the simulator at speed while the network around them is bad, and the report at the end names what grows.

  npm run soak -- --minutes 10            on the embedded database
  npm run soak -- --minutes 60 --server   on a PostgreSQL server of its own
  npm run soak -- --minutes 60 --nodes 2  two nodes, on a PostgreSQL and a Redis of their own

  --agents 200   --lines 2   --speed 20   --leads 5000   --seed 1
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    agents: { type: 'string', default: '200' },
    lines: { type: 'string', default: '2' },
    speed: { type: 'string', default: '20' },
    leads: { type: 'string', default: '5000' },
    nodes: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    server: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Everything that a bad network does, all the time. */
const strain = (seed: number): Strain => ({
  seed,
  loseEvents: 2,
  repeatEvents: 5,
  delayEvents: 5,
  losePlaceAnswers: 1,
  refusePlacing: 1,
  failLookUps: 5,
  failHangUps: 5,
  failCrm: 3,
  loseCrmAnswers: 2,
});

/** The first look at the database, warm code and full pools are no growth: so much of the time is not looked at. */
const WARM_UP_SHARE = 0.2;
const SAMPLE_EVERY_MS = 5_000;
const SHOW_EVERY_MS = 60_000;
/** A call that was lost is looked up after its deadline, and its activity tried again with growing delays. */
const QUIET_WITHIN_MS = 600_000;

if (values.help) process.stdout.write(USAGE);
else process.exitCode = await main();

async function main(): Promise<number> {
  const plan = {
    minutes: amount('minutes', values.minutes),
    agents: amount('agents', values.agents),
    lines: amount('lines', values.lines),
    leads: amount('leads', values.leads),
    nodes: amount('nodes', values.nodes),
    seed: amount('seed', values.seed),
  };
  await buildFirst();
  const isServer = values.server || plan.nodes > 1;
  const installation = await createInstallation({
    nodes: plan.nodes,
    database: isServer ? 'own server' : 'embedded',
    provider: 'simulator',
    program: PREPARED_SERVER,
    env: {
      SIMULATOR_SPEED: values.speed,
      SIMULATOR_SEED: String(plan.seed),
      STRAIN: writeStrain(strain(plan.seed)),
      LOG_LEVEL: 'error',
    },
  });
  const stop = (): void => void installation.dispose().then(() => process.exit(130));
  process.once('SIGINT', stop);
  try {
    return await soak(installation, plan);
  } catch (error) {
    console.error(installation.words().split('\n').slice(-60).join('\n'));
    throw error;
  } finally {
    await installation.dispose();
    process.off('SIGINT', stop);
  }
}

async function soak(
  installation: Installation,
  plan: { minutes: number; agents: number; lines: number; leads: number },
): Promise<number> {
  const { nodes } = installation;
  await Promise.all(nodes.map((node) => node.start()));
  const watching = watch(installation, { onlyTheEnd: true });
  const shift = await beginShift(installation, plan);
  say(`${plan.agents} agents work on ${plan.leads} leads for ${plan.minutes} minutes.`);

  const samples = await work(installation, shift, plan.minutes * 60_000);
  say('Everybody stops; what is under way comes to its end.');
  await shift.end();
  await allQuiet(installation, { timeoutMs: QUIET_WITHIN_MS });
  const { breaches, rows } = await watching.judge();

  const lines = compare(samples, plan.agents * plan.lines);
  const grew = lines.filter(grewTooMuch);
  const counted = {
    calls: rows.calls.length,
    events: rows.events.length,
    activities: rows.activities.length,
    items: rows.items.length,
  };
  console.log(`\n${comparisonTable(lines)}\n`);
  console.log(
    `Rows in the end: ${Object.entries(counted)
      .map(([of, count]) => `${count} ${of}`)
      .join(', ')}.`,
  );
  for (const breach of breaches.slice(0, 50)) console.log(`BROKEN  ${breach}`);
  for (const { what } of grew) console.log(`GREW    ${what}`);
  const isWell = breaches.length === 0 && grew.length === 0;
  console.log(
    isWell ? 'Every promise was kept, and nothing grew that must not.' : 'This is not well.',
  );
  return isWell ? 0 : 1;
}

/** Looks at the nodes every few seconds for so long; the first part of it warms them up. */
async function work(
  { nodes }: Installation,
  shift: Shift,
  forMs: number,
): Promise<readonly Sample[]> {
  const begun = performance.now();
  const samples: Sample[] = [];
  let shownAt = begun;
  while (performance.now() - begun < forMs) {
    await sleep(Math.min(SAMPLE_EVERY_MS, forMs - (performance.now() - begun)));
    await shift.refill();
    const texts = await Promise.all(
      nodes.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()),
    );
    const atMs = performance.now() - begun;
    const sample = sampleOf(texts.map(readMetrics), atMs);
    if (atMs > forMs * WARM_UP_SHARE) samples.push(sample);
    if (performance.now() - shownAt > SHOW_EVERY_MS) {
      shownAt = performance.now();
      const { callsCompleted, liveCalls, residentBytes, loopDelayP99 } = sample;
      say(
        `${callsCompleted} calls completed, ${liveCalls} live, ${(residentBytes / 2 ** 20).toFixed(0)} MB, ` +
          `event-loop delay p99 ${loopDelayP99.toFixed(0)} ms`,
      );
    }
  }
  return samples;
}

function say(words: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)}  ${words}`);
}

function amount(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  process.stderr.write(`--${name} must be a number above 0, not "${text}".\n\n${USAGE}`);
  process.exit(2);
}
