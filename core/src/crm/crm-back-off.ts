const FIRST_SECONDS = 5;
const LONGEST_SECONDS = 3600;

/**
 * How long to wait before a call is offered to the CRM again, in milliseconds: 5 s after the first failure, three times
 * as long after each further one, an hour at most. It never gives up by itself (P6): nobody waits at the screen for
 * this, and a CRM may be down for a weekend. Errors that will never work are another matter: see
 * `CrmError.mayTryAgain`.
 *
 * `jitter` (0 to 1, the caller's chance) takes up to half of the delay away, so that a CRM that comes back is not met by
 * all calls of the outage at once.
 */
export function crmDelayAfter(failures: number, jitter = 0): number {
  const steps = Math.max(0, failures - 1);
  const seconds = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 3 ** steps);
  return Math.round(seconds * 1000 * (1 - jitter / 2));
}
