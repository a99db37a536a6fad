/** How many answers the measurement remembers: one slow answer does not move it. */
const SAMPLES = 9;
/** An answer that took longer says too little about when its `Date` was written. */
const QUICK_ENOUGH_MS = 4_000;
/** `Date` is cut to whole seconds: half of one is what it is off on average, and what a measurement cannot tell apart. */
const CUT_OFF_MS = 500;

export interface ClockSkew {
  /** An answer's `Date` header, and our times of sending the request and of having the answer. */
  heed(date: string | null, sentAtMs: number, answeredAtMs: number): void;
  /** By how much the other clock is ahead of ours; null: nothing heard yet. Less than a second counts as none. */
  skewMs(): number | null;
}

/** Measures how far the clock of a server is off, by the `Date` header of its ordinary answers: the median of the last ones. */
export function createClockSkew(): ClockSkew {
  const samples: number[] = [];
  return {
    heed(date, sentAtMs, answeredAtMs) {
      const told = Date.parse(date ?? '');
      if (Number.isNaN(told) || answeredAtMs - sentAtMs > QUICK_ENOUGH_MS) return;
      samples.push(told + CUT_OFF_MS - (sentAtMs + answeredAtMs) / 2);
      if (samples.length > SAMPLES) samples.shift();
    },
    skewMs() {
      const sorted = [...samples].sort((a, b) => a - b);
      const median = sorted[Math.floor(sorted.length / 2)];
      if (median === undefined) return null;
      return Math.abs(median) <= 2 * CUT_OFF_MS ? 0 : Math.round(median);
    },
  };
}
