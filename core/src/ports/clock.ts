/** The only source of time. Tests and simulated worlds move it by hand. */
export interface Clock {
  now(): Date;
}

/** Time that also rings. `testing/src/virtual-time.ts` is one that tests move by hand. */
export interface Timers extends Clock {
  /** Runs `callback` once, that many milliseconds from now, never before `after` returned; the answer takes it back. */
  after(ms: number, callback: () => void): () => void;
}

/** The only source of new ids: UUIDv7, so that they sort by creation. */
export interface Ids {
  next(): string;
}
