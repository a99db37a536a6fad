import type { RateLimitWords } from '@outdial/kit';

const LONGEST_WAIT_MS = 60_000;

/**
 * Reads `X-AircallApi-*` and `Retry-After`. The unit of Reset is not settled: above 1e12 it is milliseconds, else
 * seconds, and no wait exceeds 60 s (reference 1.3, advice).
 */
export function readRateLimit(headers: Headers, nowMs: number): RateLimitWords {
  const reset = numberIn(headers, 'x-aircallapi-reset');
  const resetAtMs = reset === null ? null : reset > 1e12 ? reset : reset * 1000;
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), nowMs);
  const resetInMs = retryAfterMs ?? (resetAtMs === null ? null : resetAtMs - nowMs);
  return {
    remaining: numberIn(headers, 'x-aircallapi-remaining'),
    resetInMs: resetInMs === null || resetInMs <= 0 ? null : Math.min(resetInMs, LONGEST_WAIT_MS),
  };
}

function numberIn(headers: Headers, name: string): number | null {
  const text = headers.get(name)?.trim();
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

/** Seconds, or an HTTP date (RFC 9110). Aircall does not document it; obeyed where it comes (reference 1.3). */
function readRetryAfter(text: string | null, nowMs: number): number | null {
  if (text === null) return null;
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at - nowMs;
}
