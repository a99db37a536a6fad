import type { Clock } from '@outdial/core';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AircallError } from './aircall-error.js';
import { type RateLimitWords, readRateLimit } from './rate-limit-headers.js';
import { type Timers, wait } from './timers.js';

/**
 * How many requests we may still send. Aircall's limit is per company and shared with every other integration, so
 * two things hold a request back: our own budget (a setting), and what Aircall's headers say.
 */
export interface RateBudget {
  /** Waits for a turn, at most `patienceMs`; then it throws `rate_limited`, and the request was surely not sent. */
  take(patienceMs: number, signal: AbortSignal): Promise<void>;
  /** Learns from an answer; returns how many seconds to stay away after a 429, else null. */
  heed(status: number, headers: Headers): Promise<number | null>;
  close(): Promise<void>;
}

const COMPANY = 'company';
/** After a 429 that says nothing of when: Aircall counts by the minute, so this is a guess, and small. */
const SILENT_429_WAIT_MS = 5_000;
const SHORTEST_WAIT_MS = 1_000;

export function createRateBudget(options: {
  readonly requestsPerMinute: number;
  readonly clock: Clock;
  readonly timers: Timers;
}): RateBudget {
  const { clock, timers } = options;
  const limiter = new RateLimiterMemory({ points: options.requestsPerMinute, duration: 60 });
  let pausedUntilMs = 0;

  /** 0: a turn was taken. Otherwise how long to wait before asking again. */
  async function tryToTake(): Promise<number> {
    const pausedForMs = pausedUntilMs - clock.now().getTime();
    if (pausedForMs > 0) return pausedForMs;
    try {
      await limiter.consume(COMPANY);
      return 0;
    } catch (full) {
      if (full instanceof RateLimiterRes) return Math.max(1, full.msBeforeNext);
      throw full;
    }
  }

  /** Others use the same limit: when Aircall counts fewer requests left than we do, Aircall is right. */
  async function alignWith(words: RateLimitWords): Promise<void> {
    if (words.limit !== null && words.limit >= 1) {
      limiter.points = Math.min(options.requestsPerMinute, words.limit);
    }
    if (words.remaining === null) return;
    const ours = (await limiter.get(COMPANY))?.remainingPoints ?? limiter.points;
    if (words.remaining >= ours) return;
    if (words.resetInMs === null) await limiter.penalty(COMPANY, ours - words.remaining);
    else await limiter.set(COMPANY, limiter.points - words.remaining, words.resetInMs / 1000);
  }

  return {
    async take(patienceMs, signal) {
      const patientUntilMs = clock.now().getTime() + patienceMs;
      for (;;) {
        signal.throwIfAborted();
        const waitMs = await tryToTake();
        if (waitMs === 0) return;
        if (clock.now().getTime() + waitMs > patientUntilMs) {
          throw new AircallError({
            trouble: 'rate_limited',
            status: null,
            mayTryAgain: 'yes',
            message: 'The request limit of the Aircall account is used up for the moment.',
            retryAfterSeconds: Math.ceil(waitMs / 1000),
          });
        }
        await wait(timers, waitMs, signal);
      }
    },

    async heed(status, headers) {
      const nowMs = clock.now().getTime();
      const words = readRateLimit(headers, nowMs);
      await alignWith(words);
      if (status !== 429 && (words.remaining !== 0 || words.resetInMs === null)) return null;
      const waitMs = Math.max(SHORTEST_WAIT_MS, words.resetInMs ?? SILENT_429_WAIT_MS);
      pausedUntilMs = Math.max(pausedUntilMs, nowMs + waitMs);
      return status === 429 ? Math.ceil(waitMs / 1000) : null;
    },

    async close() {
      await limiter.delete(COMPANY);
    },
  };
}
