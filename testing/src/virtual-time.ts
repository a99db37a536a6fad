/**
 * Time that stands still until a test moves it. It fits every port that asks for `now` and `after`, so one of these
 * drives a whole simulated world: clock, jobs, phone network and dialer together.
 */
export interface VirtualTime {
  now(): Date;

  /** Runs `callback` that many milliseconds from now, once; the answer takes it back. */
  after(ms: number, callback: () => void | Promise<void>): () => void;

  /**
   * Moves on by so much and runs what falls due on the way, in the order of the due times (first come, first served
   * among equals), what the callbacks themselves schedule included. Between any two callbacks all promises settle that
   * need no further time. The first error of a callback is thrown here.
   */
  advance(ms: number): Promise<void>;

  /**
   * Until an instant: the same as `advance`. Until a condition: runs one callback after the other and stops as soon as
   * it holds; false when nothing is left to run before it does, or `limitMs` (a day) has passed.
   */
  runUntil(goal: Date | (() => boolean), limitMs?: number): Promise<boolean>;

  /** How many callbacks wait. */
  pending(): number;

  /** When the next one falls due; null when none waits. */
  nextDueAt(): Date | null;
}

interface Waiting {
  readonly dueAt: number;
  readonly callback: () => void | Promise<void>;
}

const DAY_MS = 24 * 3600 * 1000;

/** A new clock that shows `start`. */
export function createVirtualTime(start: Date): VirtualTime {
  /** Sorted by due time; among equals the older stands first. */
  const waiting: Waiting[] = [];
  const failures: unknown[] = [];
  let nowMs = start.getTime();
  let running = false;

  function after(ms: number, callback: () => void | Promise<void>): () => void {
    const entry: Waiting = { dueAt: nowMs + Math.max(0, Math.ceil(ms)), callback };
    waiting.splice(positionAfter(waiting, entry.dueAt), 0, entry);
    return () => {
      const at = waiting.indexOf(entry);
      if (at >= 0) waiting.splice(at, 1);
    };
  }

  async function runNext(): Promise<void> {
    const next = waiting.shift();
    if (next === undefined) return;
    nowMs = next.dueAt;
    try {
      // Not awaited: it may itself wait for a later callback.
      Promise.resolve(next.callback()).catch((error: unknown) => failures.push(error));
    } catch (error) {
      failures.push(error);
    }
    await settle();
  }

  async function settle(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (failures.length > 0) throw failures.splice(0)[0];
  }

  async function run(untilMs: number, done: () => boolean): Promise<boolean> {
    if (running)
      throw new Error('Virtual time is already moving: await one advance before the next.');
    running = true;
    try {
      await settle();
      for (;;) {
        if (done()) return true;
        const next = waiting[0];
        if (next === undefined || next.dueAt > untilMs) return false;
        await runNext();
      }
    } finally {
      running = false;
    }
  }

  async function moveTo(untilMs: number): Promise<void> {
    await run(untilMs, () => false);
    nowMs = Math.max(nowMs, untilMs);
  }

  return {
    now: () => new Date(nowMs),
    after,
    advance: (ms) => moveTo(nowMs + ms),
    async runUntil(goal, limitMs = DAY_MS) {
      if (typeof goal === 'function') return run(nowMs + limitMs, goal);
      await moveTo(goal.getTime());
      return true;
    },
    pending: () => waiting.length,
    nextDueAt: () => (waiting[0] === undefined ? null : new Date(waiting[0].dueAt)),
  };
}

function positionAfter(waiting: readonly Waiting[], dueAt: number): number {
  let low = 0;
  let high = waiting.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((waiting[middle]?.dueAt ?? Number.POSITIVE_INFINITY) <= dueAt) low = middle + 1;
    else high = middle;
  }
  return low;
}
