const FIRST_SECONDS = 2;
const LONGEST_SECONDS = 60;

/**
 * How long to leave a provider in trouble alone before the next try, in milliseconds: 2 s after the first failure,
 * doubled with each, a minute at most. A minute, because agents sit and wait for it to come back.
 *
 * `jitter` (0 to 1, the caller's chance) takes up to half of the delay away, so that many sessions that failed together
 * do not come back together ("equal jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function providerDelayAfter(failures: number, jitter = 0): number {
  const doublings = Math.max(0, failures - 1);
  const seconds = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** doublings);
  return Math.round(seconds * 1000 * (1 - jitter / 2));
}
