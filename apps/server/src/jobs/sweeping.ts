import { type Clock, createSweeper, type DialerPorts, reconcile } from '@outdial/core';
import type { ScheduledWorkStore } from '@outdial/postgres';
import type { Logger } from 'pino';
import { createTicker, type Ticker } from '../platform/ticker.js';

export const SWEEP_EVERY_MS = 5_000;
/**
 * At first so long after the start too: by then the screens of a server that was down are back, and their agents are not
 * taken for absent (a page tries again at least every 5 s).
 */
export const RECONCILE_EVERY_MS = 15_000;
/**
 * Of a period: a node's next tick must find it over, and clocks and ticks are not exact. No node holds anything that would have
 * to be given back, so the next node goes on within a period or two when one dies.
 */
const HELD_FOR = 0.8;

export interface Sweeping {
  /** Wakes what is due, whichever node swept last: for a start. */
  sweepNow(): Promise<void>;
  readonly tickers: readonly Ticker[];
}

/**
 * Sweeping and reconciling, on one node at a time: any would do, and each would find the same rows and give the same hints,
 * which are answered at the node that gives them.
 */
export function createSweeping({
  dialer,
  turns,
  clock,
  log,
}: {
  readonly dialer: DialerPorts;
  readonly turns: Pick<ScheduledWorkStore, 'plan' | 'claim'>;
  readonly clock: Clock;
  readonly log: Logger;
}): Sweeping {
  const sweeper = createSweeper(dialer);
  const sweepNow = async (): Promise<void> => {
    await sweeper.sweep();
  };

  function ticker(name: string, everyMs: number, work: () => Promise<void>): Ticker {
    let planned = false;
    const takeTurn = async (): Promise<void> => {
      const now = clock.now();
      if (!planned) await turns.plan(name, now);
      planned = true;
      const inPeriods = (periods: number) => new Date(now.getTime() + periods * everyMs);
      if (await turns.claim(name, now, inPeriods(HELD_FOR), inPeriods(2))) await work();
    };
    return createTicker(name, everyMs, takeTurn, log);
  }

  return {
    sweepNow,
    tickers: [
      ticker('sweep', SWEEP_EVERY_MS, sweepNow),
      ticker('reconcile', RECONCILE_EVERY_MS, () => reconcile(dialer)),
    ],
  };
}
