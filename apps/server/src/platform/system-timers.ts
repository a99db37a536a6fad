import type { Timers } from '@outdial/core';

/** `setTimeout` cannot wait longer; a longer wait is taken in pieces. */
const LONGEST_MS = 2_147_483_647;

/** The machine's clock. */
export const systemTimers: Timers = {
  now: () => new Date(),
  after(ms, callback) {
    let handle: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      handle = setTimeout(
        () => (leftMs > LONGEST_MS ? wait(leftMs - LONGEST_MS) : callback()),
        Math.min(leftMs, LONGEST_MS),
      );
    };
    wait(Math.max(0, ms));
    return () => clearTimeout(handle);
  },
};
