import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../server/until.js';
import { type Begun, beginWork, type Work } from './begin-work.js';
import { createInstallation, type Installation, type InstallationPlan } from './installation.js';
import type { FaultRow } from './report.js';
import { allQuiet, type Watch, watch } from './watch.js';

/** Something that goes wrong while people work. */
export interface Fault {
  /** As a sales manager would say it. */
  readonly title: string;
  readonly plan: InstallationPlan;
  readonly work: Work;
  /** For the first start of the nodes only. */
  readonly firstStart?: Readonly<Record<string, string>>;
  /** Before the nodes are started for good. */
  readonly beforeStart?: (installation: Installation) => Promise<void>;
  /** Before anybody works; everything runs. */
  readonly prepare?: (installation: Installation) => Promise<void>;
  /**
   * What happens meanwhile. It begins before the people do, is waited for, and leaves everything running again; whatever it
   * waits for, it gives up by itself.
   */
  readonly strike: (installation: Installation) => Promise<void>;
  readonly quietWithin?: number;
}

export interface FaultRun {
  readonly row: FaultRow;
  /** Empty: every promise was kept, and no acknowledged write is missing. */
  readonly breaches: readonly string[];
}

/** Time for everything to end after the last blow: twice what a good run takes on a machine that is busy with others. */
const QUIET_WITHIN_MS = 240_000;

/** One working day with one fault in it, from the first lead to the last activity; judged at the end. */
export async function runFault(fault: Fault): Promise<FaultRun> {
  const begun = performance.now();
  const installation = await createInstallation(fault.plan);
  let work: Begun | undefined;
  let watching: Watch | undefined;
  try {
    const { nodes } = installation;
    await fault.beforeStart?.(installation);
    await Promise.all(nodes.map((node) => node.start(fault.firstStart)));
    await fault.prepare?.(installation);
    watching = watch(installation);
    const striking = fault.strike(installation);
    // A failed fault is reported immediately; without this, its error would stay unseen until it is awaited below.
    striking.catch(() => undefined);
    work = await Promise.race([
      beginWork(installation, fault.work),
      striking.then(() => new Promise<never>(() => undefined)),
    ]);
    await striking;
    await allQuiet(installation, { timeoutMs: fault.quietWithin ?? QUIET_WITHIN_MS });
    await work.stopSaying();
    const { account } = installation;
    await until(
      'the provider has nothing more to say',
      async () => account?.hasNothingToSay() ?? true,
      {
        timeoutMs: QUIET_WITHIN_MS,
        intervalMs: 250,
      },
    );
    // What it said last, and a disposition that was saved just now, are still on their way.
    await allQuiet(installation, { timeoutMs: QUIET_WITHIN_MS });
    const { breaches, rows } = await watching.judge();
    if (breaches.length > 0) {
      console.error(`"${fault.title}": what the nodes wrote: ${await keepWords(installation)}`);
    }
    return {
      row: {
        fault: fault.title,
        runs: 1,
        calls: rows.calls.length,
        repairs: nodes.reduce((sum, node) => sum + countOf(node.output(), 'call repaired'), 0),
        seconds: (performance.now() - begun) / 1000,
        result: breaches.length === 0 ? 'kept' : 'BROKEN',
      },
      breaches,
    };
  } catch (error) {
    const words = await keepWords(installation);
    throw new Error(`"${fault.title}" did not come to its end. What the nodes wrote: ${words}`, {
      cause: error,
    });
  } finally {
    await work?.stopSaying();
    await watching?.close();
    await installation.dispose();
  }
}

const countOf = (text: string, words: string): number => text.split(words).length - 1;

/** For the analysis of a failure: everything that the nodes wrote, in a file that stays. */
async function keepWords(installation: Installation): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'outdial-faults-')), 'nodes.log');
  await writeFile(file, installation.words());
  return file;
}
