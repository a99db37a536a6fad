import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/**
 * Looks again and again until `condition` answers something true, and answers that. Processes and browsers keep real
 * time, so this does too; it never waits longer than it must. A condition that throws counts as not yet.
 */
export async function until<T>(
  what: string,
  condition: () => Promise<T> | T,
  { within = 30_000, every = LOOK_EVERY_MS }: { within?: number; every?: number } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + within;
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
      throw new Error(`Waited ${within / 1000} s in vain until ${what}.`, { cause: lastError });
    }
    await sleep(every);
  }
}
