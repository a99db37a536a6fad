import type { Timers } from '@outdial/core';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AircallError } from './aircall-error.js';
import { readRateLimit } from './rate-limit-headers.js';
import { wait } from './wait.js';

/** Counts by the minute the requests of all processes that work for one company. */
export type SharedCount = Pick<RateLimiterAbstract, 'consume' | 'block'>;

/**
 * How many requests we may still send. Aircall's limit is per company and shared with every other integration, so
 * two things hold a request back: our own budget (a setting), and what Aircall's headers say. Where several processes
 * share a count, each knows immediately that Aircall refused one of them; what else the headers say, only who got them.
 *
 * The budget's minute is counted by rate-limiter-flexible, which uses the system's clock only. A caller that moves time by
 * hand gives it more requests than they send; the headers and all waiting keep to the timers given.
 */
export interface RateBudget {
  /** Waits for a turn, at most `patienceMs`; then it throws `rate_limited`, and the request was surely not sent. */
  take(patienceMs: number, signal: AbortSignal): Promise<void>;
  /** Learns from an answer; returns how many seconds to stay away after a 429, else null. */
  heed(status: number, headers: Headers): number | null;
  close(): Promise<void>;
}

const COMPANY = 'company';
/** After a 429 that says nothing of when: Aircall counts by the minute, so this is a guess, and small. */
const SILENT_429_WAIT_MS = 5_000;
const SHORTEST_WAIT_MS = 1_000;

export function createRateBudget(options: {
  readonly requestsPerMinute: number;
  /** Counts instead of this process alone, and has its own number of requests per minute. */
  readonly sharedCount?: SharedCount | undefined;
  readonly timers: Timers;
}): RateBudget {
  const { timers, sharedCount } = options;
  const own = new RateLimiterMemory({ points: options.requestsPerMinute, duration: 60 });
  const limiter = sharedCount ?? own;
  /** Others use the same limit, so what Aircall last said counts besides what we sent. */
  let told = { left: Number.POSITIVE_INFINITY, untilMs: 0 };

  /** 0: a turn was taken. Otherwise how long to wait before asking again. */
  async function tryToTake(): Promise<number> {
    const toldForMs = told.untilMs - timers.now().getTime();
    if (toldForMs > 0 && told.left <= 0) return toldForMs;
    // Counted before anything is awaited, so that two concurrent requests never share the last one.
    told.left -= 1;
    try {
      await limiter.consume(COMPANY);
      return 0;
    } catch (full) {
      told.left += 1;
      if (full instanceof RateLimiterRes) return Math.max(1, full.msBeforeNext);
      throw full;
    }
  }

  /** Within one minute of theirs the number only falls: answers overtake each other. */
  function believe(left: number, untilMs: number, nowMs: number): void {
    const isSameMinute = told.untilMs > nowMs;
    told = {
      left: isSameMinute ? Math.min(told.left, left) : left,
      untilMs: isSameMinute ? Math.max(told.untilMs, untilMs) : untilMs,
    };
  }

  return {
    async take(patienceMs, signal) {
      const patientUntilMs = timers.now().getTime() + patienceMs;
      for (;;) {
        signal.throwIfAborted();
        const waitMs = await tryToTake();
        // Also when counting itself took that long: the waiting caller may have given up meanwhile.
        const isTooLate = timers.now().getTime() + waitMs > patientUntilMs;
        if (waitMs === 0 && !isTooLate) return;
        if (isTooLate) {
          throw new AircallError({
            trouble: 'rate_limited',
            status: null,
            mayTryAgain: 'yes',
            message:
              waitMs === 0
                ? 'The request waited too long for its turn, and was not sent.'
                : 'The request limit of the Aircall account is used up for the moment.',
            retryAfterSeconds: Math.ceil(waitMs / 1000),
          });
        }
        await wait(timers, waitMs, signal);
      }
    },

    heed(status, headers) {
      const nowMs = timers.now().getTime();
      const words = readRateLimit(headers, nowMs);
      if (status === 429) {
        const waitMs = Math.max(SHORTEST_WAIT_MS, words.resetInMs ?? SILENT_429_WAIT_MS);
        believe(0, nowMs + waitMs, nowMs);
        // In vain if it fails: then the others hear it from Aircall themselves.
        sharedCount?.block(COMPANY, Math.ceil(waitMs / 1000)).catch(() => undefined);
        return Math.ceil(waitMs / 1000);
      }
      if (words.remaining !== null && words.resetInMs !== null) {
        believe(words.remaining, nowMs + words.resetInMs, nowMs);
      }
      return null;
    },

    async close() {
      await own.delete(COMPANY);
    },
  };
}
