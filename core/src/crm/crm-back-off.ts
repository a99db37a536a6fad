const FIRST_SECONDS = 5;
const LONGEST_SECONDS = 3600;

/**
 * How long to wait before a call is offered to the CRM again, in milliseconds: 5 s after the first failure, three times
 * as long after each further one, an hour at most. It never gives up by itself (P6): no person waits at the screen for
 * this, and a CRM may be down for a weekend. Errors that will never work are another matter: see
 * `CrmError.mayTryAgain`. That a CRM which comes back is not met by all calls of the outage at once is up to the caller that runs
 * the jobs: few of them run together.
 */
export function crmDelayAfter(failures: number): number {
  const steps = Math.max(0, failures - 1);
  const seconds = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 3 ** steps);
  return seconds * 1000;
}
