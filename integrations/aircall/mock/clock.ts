/** Time as the mock sees it. The real clock by default; tests hand in one they move themselves. */
export interface MockClock {
  /** Milliseconds since 1970. */
  now(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

export const systemClock: MockClock = {
  now: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, Math.min(ms, 2_147_483_647)),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/** A clock that moves only when the test advances it; due timers run in the order of their due times. */
export interface ManualClock extends MockClock {
  /** Moves time forward and runs what falls due on the way. */
  advance(ms: number): void;
  /** When the next timer falls due, or undefined when none is waiting. */
  nextDueAt(): number | undefined;
}

interface WaitingTimer {
  readonly dueAt: number;
  readonly order: number;
  readonly run: () => void;
}

export function createManualClock(startMs = Date.UTC(2026, 0, 15, 15, 0, 0)): ManualClock {
  let now = startMs;
  let order = 0;
  const waiting = new Set<WaitingTimer>();

  const next = (): WaitingTimer | undefined => {
    let first: WaitingTimer | undefined;
    for (const timer of waiting) {
      if (
        !first ||
        timer.dueAt < first.dueAt ||
        (timer.dueAt === first.dueAt && timer.order < first.order)
      ) {
        first = timer;
      }
    }
    return first;
  };

  return {
    now: () => now,
    setTimeout(run, ms) {
      const timer = { dueAt: now + Math.max(0, ms), order: order++, run };
      waiting.add(timer);
      return timer;
    },
    clearTimeout(handle) {
      waiting.delete(handle as WaitingTimer);
    },
    nextDueAt: () => next()?.dueAt,
    advance(ms) {
      const target = now + ms;
      for (let timer = next(); timer && timer.dueAt <= target; timer = next()) {
        waiting.delete(timer);
        now = timer.dueAt;
        timer.run();
      }
      now = target;
    },
  };
}

export function isManualClock(clock: MockClock): clock is ManualClock {
  return 'advance' in clock && 'nextDueAt' in clock;
}

/** External time, such as the virtual time of a simulated world. */
export interface BorrowedTime {
  now(): Date;
  /** Runs once after so many milliseconds; the answer takes it back. */
  after(ms: number, callback: () => void): () => void;
}

/**
 * The mock on borrowed time: one `advance` then moves everything. Deliveries and answers still travel over real
 * sockets, so follow each step with `control.settle()`.
 */
export function clockOn(time: BorrowedTime): MockClock {
  return {
    now: () => time.now().getTime(),
    setTimeout: (run, ms) => time.after(ms, run),
    clearTimeout: (handle) => (handle as () => void)(),
  };
}
