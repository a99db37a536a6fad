import { setTimeout as sleep } from 'node:timers/promises';

const DEFAULT_INTERVAL_MS = 50;

/**
 * How many times longer than its limit a wait may take. A limit is what a quiet machine needs with room to spare; with ten times
 * as much work as cores the same wait has taken five times as long. Only a wait that is in vain ever takes so long.
 */
const SLOW_MACHINE_FACTOR = 6;

/**
 * Looks again and again until `condition` answers something true, and answers that. Processes and browsers keep real
 * time, so this does too; it never waits longer than it must. `timeoutMs`: milliseconds on a quiet machine. A condition that throws counts as not yet.
 */
export async function until<T>(
  what: string,
  condition: () => Promise<T> | T,
  {
    timeoutMs = 30_000,
    intervalMs = DEFAULT_INTERVAL_MS,
  }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs * SLOW_MACHINE_FACTOR;
  let lastError: unknown;
  for (;;) {
    try {
      const seen = await condition();
      lastError = undefined;
      if (seen !== false && seen !== null && seen !== undefined) {
        return seen as NonNullable<Exclude<T, false>>;
      }
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) {
      throw new Error(
        `Waited ${(timeoutMs * SLOW_MACHINE_FACTOR) / 1000} s in vain until ${what}.`,
        {
          cause: lastError,
        },
      );
    }
    await sleep(intervalMs);
  }
}
