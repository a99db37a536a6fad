import type { Timers } from '@outdial/core';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { wait } from './wait.js';

/** Counts by the minute the requests of all processes that work for one account. */
export type SharedCount = Pick<RateLimiterAbstract, 'consume' | 'block'>;

/** What an answer says about the account's limit. Any part may be missing. */
export interface RateLimitWords {
  readonly remaining: number | null;
  /** How long until requests pass again; null when nothing usable is said. */
  readonly resetInMs: number | null;
}

/** The request was not sent, because the limit is used up for longer than the caller waits. */
export class RateLimitUsedUp extends Error {
  override readonly name = 'RateLimitUsedUp';
  constructor(
    /** `limit`: of the account. `queue`: counting took longer than the caller waits. */
    readonly because: 'limit' | 'queue',
    readonly retryAfterSeconds: number,
  ) {
    super(
      because === 'queue'
        ? 'The request waited too long for its turn, and was not sent.'
        : 'The request limit of the account is used up for the moment.',
    );
  }
}

/**
 * How many requests we may still send. A provider's limit is per account and shared with every other integration, so
 * two things hold a request back: our own budget (a setting), and what the provider's headers say. Where several processes
 * share a count, each knows immediately that the provider refused one of them; what else the headers say, only the one that got them.
 *
 * The budget's minute is counted by rate-limiter-flexible, which uses the system's clock only. A caller that moves time by
 * hand gives it more requests than they send; the headers and all waiting keep to the timers given.
 */
export interface RateBudget {
  /** Waits for a turn, at most `patienceMs`; then it throws `RateLimitUsedUp`, and the request was surely not sent. */
  take(patienceMs: number, signal: AbortSignal): Promise<void>;
  /** Learns from an answer; returns how many seconds to stay away after a 429, else null. */
  heed(status: number, headers: Headers): number | null;
  close(): Promise<void>;
}

const ACCOUNT = 'account';
/** After a 429 that says nothing of when: limits count by the minute, so this is a guess, and small. */
const SILENT_429_WAIT_MS = 5_000;
const SHORTEST_WAIT_MS = 1_000;

export function createRateBudget(options: {
  readonly requestsPerMinute: number;
  /** Counts instead of this process alone, and has its own number of requests per minute. */
  readonly sharedCount?: SharedCount | undefined;
  readonly timers: Timers;
  /** Reads the provider's own headers. */
  readonly readLimit: (headers: Headers, nowMs: number) => RateLimitWords;
}): RateBudget {
  const { timers, sharedCount } = options;
  const own = new RateLimiterMemory({ points: options.requestsPerMinute, duration: 60 });
  const limiter = sharedCount ?? own;
  /** Others use the same limit, so what the provider last said counts besides what we sent. */
  let told = { left: Number.POSITIVE_INFINITY, untilMs: 0 };

  /** 0: a turn was taken. Otherwise how long to wait before asking again. */
  async function tryToTake(): Promise<number> {
    const toldForMs = told.untilMs - timers.now().getTime();
    if (toldForMs > 0 && told.left <= 0) return toldForMs;
    // Counted before anything is awaited, so that two concurrent requests never share the last one.
    told.left -= 1;
    try {
      await limiter.consume(ACCOUNT);
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
          throw new RateLimitUsedUp(waitMs === 0 ? 'queue' : 'limit', Math.ceil(waitMs / 1000));
        }
        await wait(timers, waitMs, signal);
      }
    },

    heed(status, headers) {
      const nowMs = timers.now().getTime();
      const words = options.readLimit(headers, nowMs);
      if (status === 429) {
        const waitMs = Math.max(SHORTEST_WAIT_MS, words.resetInMs ?? SILENT_429_WAIT_MS);
        believe(0, nowMs + waitMs, nowMs);
        // In vain if it fails: then the others hear it from the provider themselves.
        sharedCount?.block(ACCOUNT, Math.ceil(waitMs / 1000)).catch(() => undefined);
        return Math.ceil(waitMs / 1000);
      }
      if (words.remaining !== null && words.resetInMs !== null) {
        believe(words.remaining, nowMs + words.resetInMs, nowMs);
      }
      return null;
    },

    async close() {
      await own.delete(ACCOUNT);
    },
  };
}
