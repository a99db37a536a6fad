/** Where this adapter gets its time. `testing/src/virtual-time.ts` is one that tests move by hand. */
export interface Timers {
  now(): Date;
  /** Runs `callback` once, that many milliseconds from now, never before `after` returned; the answer takes it back. */
  after(ms: number, callback: () => void): () => void;
}

/** The machine's clock. Waits of more than 24 days do not fit `setTimeout`; no job waits so long here. */
export const systemTimers: Timers = {
  now: () => new Date(),
  after(ms, callback) {
    const handle = setTimeout(callback, Math.max(0, ms));
    return () => clearTimeout(handle);
  },
};
