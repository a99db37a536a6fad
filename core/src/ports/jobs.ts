/**
 * Alarm clocks. Rows are the truth: a job only says "look at this row", so it may run twice, late or never, and the
 * sweeper finds what no job woke. `wake` never throws and returns immediately.
 */
export interface Jobs {
  wake(hint: JobHint): void;
}

export const jobNames = [
  'advance-session',
  'place-call',
  'hang-up-call',
  'check-call',
  'process-event',
  'sync-call',
  'run-import',
] as const;

export type JobName = (typeof jobNames)[number];

/** What is done for the row with this id. */
export type JobHandlers = Readonly<Record<JobName, (id: string) => Promise<void>>>;

/** How many jobs of one kind a node runs concurrently. A kind that is left out has no limit of its own. */
export type JobConcurrency = Readonly<Partial<Record<JobName, number>>>;

/**
 * Slow jobs leave room for quick ones. An import runs for minutes; the CRM and the provider may let every job that
 * asks them wait until its timeout. Together these are fewer than `CONCURRENT_JOBS`, so that events and hang-ups never stand
 * behind them.
 */
export const CONCURRENCY_BY_JOB: JobConcurrency = {
  'run-import': 1,
  'sync-call': 4,
  'check-call': 6,
  'advance-session': 8,
  'place-call': 8,
};

/** How many jobs a node runs concurrently. */
export const CONCURRENT_JOBS = 32;

/** Hints due later than this from now are not kept: the sweeper finds their rows. */
export const HINT_HORIZON_MS = 3_600_000;

export interface JobHint {
  readonly job: JobName;
  readonly id: string;
  /** Left out: as soon as possible. A later hint for the same job and id does not take an earlier one away. */
  readonly at?: Date;
}
