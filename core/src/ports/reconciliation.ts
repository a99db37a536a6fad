import type { JobHint, JobName } from './jobs.js';

/**
 * Looks over all rows for those that nobody looks after. What happens to one session is decided elsewhere (`DialerStore`);
 * this finds it, and mends by itself only what belongs to no decision. Every question is cheap however many calls are kept.
 */
export interface ReconciliationStore {
  /**
   * Rows that this job must see to by `now`, oldest first, at most `limit` of them, and only those that come after `after`:
   * kinds do not compete, so that a hundred thousand calls for the CRM do not hide one whose deadline has passed.
   */
  dueWork(
    job: JobName,
    now: Date,
    page: { readonly limit: number; readonly after?: DueWork },
  ): Promise<readonly DueWork[]>;

  /** RUNNING sessions without a live call and without a time at which somebody would look at them. */
  sessionsNobodyWakes(limit: number): Promise<readonly string[]>;

  /**
   * STOPPED sessions whose unanswered calls nobody has cancelled, and PAUSED ones with calls that are still to be placed;
   * in order of their ids, only those after `after`: what cannot be mended does not hide the others.
   */
  sessionsWithUnwantedCalls(limit: number, after?: string): Promise<readonly string[]>;

  /**
   * Gives items back that are CLAIMED and on no live call: PENDING, or SUPPRESSED when their number is. One whose phone
   * rang within the last day is due at `afterCall` at the earliest, because what came of that call is not known to it.
   */
  giveBackItems(
    now: Date,
    afterCall: Date,
    limit: number,
  ): Promise<readonly { readonly itemId: string; readonly queueId: string }[]>;

  /** Provider events that are PENDING, and completed calls that are PENDING at the CRM, without a due time: due at `now`. */
  makeDue(
    now: Date,
    limit: number,
  ): Promise<{ readonly eventIds: readonly string[]; readonly callIds: readonly string[] }>;
}

/** One row, the job that looks after it, and since when it is due. */
export type DueWork = Required<JobHint>;
