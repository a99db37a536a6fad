import type { MockClock } from './clock.js';

/** Stops a timer; harmless when it has already run. */
export type CancelTimer = () => void;

/**
 * Delays in the provider's seconds, divided by the speed factor, all of which can be cancelled together (reset, close).
 */
export class Pace {
  readonly #clock: MockClock;
  readonly #timers = new Set<unknown>();

  constructor(
    clock: MockClock,
    readonly speed: number,
  ) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  /** Runs after so many seconds of the provider's time. */
  after(seconds: number, run: () => void): CancelTimer {
    return this.afterUnscaled(seconds / this.speed, run);
  }

  /** Runs after so many seconds of the clock, whatever the speed: for tolerances, such as a time-out. */
  afterUnscaled(seconds: number, run: () => void): CancelTimer {
    const handle = this.#clock.setTimeout(() => {
      this.#timers.delete(handle);
      run();
    }, seconds * 1000);
    this.#timers.add(handle);
    return () => {
      this.#clock.clearTimeout(handle);
      this.#timers.delete(handle);
    };
  }

  /**
   * The moment it is inside a story that began at `startedAtMs`. At speed 10 a minute of talk takes six seconds of the
   * clock, yet timestamps and durations still say a minute.
   */
  momentSince(startedAtMs: number): number {
    return startedAtMs + (this.#clock.now() - startedAtMs) * this.speed;
  }

  cancelAll(): void {
    for (const handle of this.#timers) this.#clock.clearTimeout(handle);
    this.#timers.clear();
  }
}
