/**
 * Alarm clocks. Rows are the truth: a job only says "look at this row", so it may run twice, late or never, and the
 * sweeper finds what no job woke. `wake` never throws and returns at once.
 */
export interface Jobs {
  wake(hint: JobHint): void;
}

export type JobName =
  | 'advance-session'
  | 'place-call'
  | 'hang-up-call'
  | 'check-call'
  | 'process-event'
  | 'sync-call'
  | 'run-import';

export interface JobHint {
  readonly job: JobName;
  readonly id: string;
  /** Left out: as soon as possible. A later hint for the same job and id does not take an earlier one away. */
  readonly at?: Date;
}
