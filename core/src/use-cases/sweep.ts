import type { JobName } from '../ports/jobs.js';
import type { RepairKind } from '../ports/journal.js';
import type { DueWork } from '../ports/reconciliation.js';
import type { DialerPorts } from './dialer-ports.js';

/** The most urgent first: phones that ring without an agent, then people who wait, then what only has to be done in the end. */
const SWEPT: readonly JobName[] = [
  'hang-up-call',
  'check-call',
  'place-call',
  'advance-session',
  'process-event',
  'sync-call',
  'run-import',
];

/** Kinds whose only defect is the delay. For other kinds the job itself reports what was wrong. */
const REPAIRED_BY_WAKING: Partial<Record<JobName, RepairKind>> = {
  'process-event': 'event_overdue',
  'sync-call': 'crm_overdue',
  'run-import': 'import_overdue',
};

/** A row that has been due for less is probably being worked on; one that has been due for longer has lost its hint. */
const OVERDUE_AFTER_MS = 2_000;

export interface Sweeper {
  /** Answers how many rows were due. */
  sweep(): Promise<number>;
}

/**
 * Finds rows whose time has come and that no job woke (lost hints, dead nodes, too much at once), and wakes their jobs. A
 * long backlog is walked through page by page in one go, so that it does not wait for the next sweep; its end is, lest one
 * sweep fill the memory with hints.
 *
 * Overdue rows are counted once, however often they are met: the sweeper remembers those of its last sweep.
 */
export function createSweeper(
  {
    reconciliation,
    jobs,
    clock,
    journal,
  }: Pick<DialerPorts, 'reconciliation' | 'jobs' | 'clock' | 'journal'>,
  { pageSize = 1_000, pages = 10 } = {},
): Sweeper {
  let known: ReadonlySet<string> = new Set();

  /** The rows of one kind, each of them woken. */
  async function wakeDue(job: JobName, now: Date): Promise<DueWork[]> {
    const woken: DueWork[] = [];
    for (let page = 0; page < pages; page += 1) {
      const after = woken.at(-1);
      const due = await reconciliation.dueWork(job, now, {
        limit: pageSize,
        ...(after === undefined ? {} : { after }),
      });
      for (const { id } of due) jobs.wake({ job, id });
      woken.push(...due);
      if (due.length < pageSize) break;
    }
    return woken;
  }

  function report(job: JobName, [oldest, ...others]: readonly DueWork[], now: Date): void {
    if (oldest === undefined) return;
    const count = 1 + others.length;
    const kind = REPAIRED_BY_WAKING[job];
    journal.note({
      level: 'warn',
      event: 'overdue work found',
      details: { job, count, oldest_seconds: secondsBetween(oldest.at, now) },
      ...(kind === undefined ? {} : { repaired: { kind, count } }),
    });
  }

  return {
    async sweep() {
      const now = clock.now();
      const overdue = new Set<string>();
      let found = 0;
      for (const job of SWEPT) {
        const due = await wakeDue(job, now);
        found += due.length;
        const late = due.filter(({ at }) => now.getTime() - at.getTime() > OVERDUE_AFTER_MS);
        for (const row of late) overdue.add(keyOf(row));
        const news = late.filter((row) => !known.has(keyOf(row)));
        report(job, news, now);
      }
      known = overdue;
      return found;
    },
  };
}

const keyOf = ({ job, id, at }: DueWork): string => `${job} ${id} ${at.getTime()}`;

const secondsBetween = (from: Date, to: Date): number =>
  Math.round((to.getTime() - from.getTime()) / 1000);
