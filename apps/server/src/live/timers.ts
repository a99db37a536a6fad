/** Where the live events get their time; tests move it by hand. */
export interface Timers {
  /** Runs `callback` once, that many milliseconds from now; the answer takes it back. */
  after(ms: number, callback: () => void): () => void;
}

export const systemTimers: Timers = {
  after(ms, callback) {
    const handle = setTimeout(callback, ms);
    return () => clearTimeout(handle);
  },
};
