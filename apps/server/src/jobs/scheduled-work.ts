import type { Clock } from '@outdial/core';
import type { ScheduledWorkStore } from '@outdial/postgres';
import type { Logger } from 'pino';

/** Work that happens once a day, on one node. */
export interface DailyWork {
  readonly name: string;
  /** UTC hour at which it is due. */
  readonly hour: number;
  /** Says what it did, for people. */
  run(now: Date): Promise<string>;
}

/** A node that dies while it does the work leaves it due again after this long. */
const LEASE = 15 * 60_000;
const DAY = 24 * 3600_000;

/** Does what is due; to be called often. The row decides which node, and whether it is time. */
export function createScheduledWork(
  works: readonly DailyWork[],
  { store, clock, log }: { store: ScheduledWorkStore; clock: Clock; log: Logger },
): { plan(): Promise<void>; runDue(): Promise<void> } {
  return {
    async plan() {
      for (const { name, hour } of works) await store.plan(name, nextAt(hour, clock.now()));
    },
    async runDue() {
      for (const { name, hour, run } of works) {
        const now = clock.now();
        if (!(await store.claim(name, now, new Date(now.getTime() + LEASE)))) continue;
        const note = await run(now);
        await store.ran(name, { at: now, note, nextDueAt: nextAt(hour, now) });
        log.info({ work: name, note }, 'scheduled work done');
      }
    },
  };
}

/** The next instant at which it is that hour in UTC. */
export function nextAt(hour: number, now: Date): Date {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), hour);
  return new Date(today > now.getTime() ? today : today + DAY);
}
