import type { Pace } from './pace.js';
import type { Settings } from './settings.js';

export interface RateDecision {
  readonly isAllowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** The whole company shares one count per minute (reference 1.3). Fixed windows, on the mock's own clock. */
export class RateLimit {
  #windowEndsMs = 0;
  #used = 0;

  constructor(
    private readonly pace: Pace,
    private readonly settings: Settings,
  ) {}

  reset(): void {
    this.#windowEndsMs = 0;
    this.#used = 0;
  }

  take(): RateDecision {
    const now = this.pace.now();
    if (now >= this.#windowEndsMs) {
      this.#windowEndsMs = now + 60_000 / this.pace.speed;
      this.#used = 0;
    }
    const { perMinute, headers } = this.settings.behaviour.rateLimit;
    const isAllowed = this.#used < perMinute;
    if (isAllowed) this.#used++;
    const isTold = headers === 'always' || !isAllowed;
    return { isAllowed, headers: isTold ? this.#headers(perMinute - this.#used, !isAllowed) : {} };
  }

  /** The headers of a 429 that a fault makes up. */
  exhaustedHeaders(): Readonly<Record<string, string>> {
    if (this.pace.now() >= this.#windowEndsMs)
      this.#windowEndsMs = this.pace.now() + 60_000 / this.pace.speed;
    return this.#headers(0, true);
  }

  #headers(remaining: number, isLimited: boolean): Record<string, string> {
    const { perMinute, resetUnit, retryAfter } = this.settings.behaviour.rateLimit;
    const reset =
      resetUnit === 'ms' ? Math.ceil(this.#windowEndsMs) : Math.ceil(this.#windowEndsMs / 1000);
    const waitSeconds = Math.max(1, Math.ceil((this.#windowEndsMs - this.pace.now()) / 1000));
    return {
      'x-aircallapi-limit': String(perMinute),
      'x-aircallapi-remaining': String(Math.max(0, remaining)),
      'x-aircallapi-reset': String(reset),
      ...(isLimited && retryAfter && { 'retry-after': String(waitSeconds) }),
    };
  }
}
