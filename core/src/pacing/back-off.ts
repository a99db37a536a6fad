const FIRST_SECONDS = 2;
const LONGEST_SECONDS = 60;

/**
 * How long to wait before asking a provider again during an outage, in milliseconds: 2 s after the first failure,
 * doubled with each, a minute at most. A minute, because agents sit and wait for it to come back.
 */
export function providerDelayAfter(failures: number): number {
  const doublings = Math.max(0, failures - 1);
  const seconds = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** doublings);
  return seconds * 1000;
}
