import type { JobHint, JobName } from './jobs.js';

/**
 * Finds stuck rows. What happens to one session is decided elsewhere (`DialerStore`);
 * this store repairs only what belongs to no decision. Every query is cheap for any number of stored calls.
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

  /** RUNNING sessions without a live call and without a wake time. */
  findStuckSessions(limit: number): Promise<readonly string[]>;

  /**
   * STOPPED sessions whose unanswered calls are not cancelled, and PAUSED ones with calls that are still to be placed;
   * in order of their ids, only those after `after`: a row that cannot be repaired does not hide the others.
   */
  findSessionsWithUnwantedCalls(limit: number, after?: string): Promise<readonly string[]>;

  /**
   * Releases items that are CLAIMED and on no live call: PENDING, or SUPPRESSED when their number is. One whose phone
   * rang within the last day is due at `afterCall` at the earliest, because what came of that call is not known to it.
   */
  releaseItems(
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

/** One row, its job, and since when it is due. */
export type DueWork = Required<JobHint>;
