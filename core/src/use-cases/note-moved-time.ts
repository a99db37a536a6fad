import { CLOCK_TOLERANCE_MS } from '../call/provider-time.js';
import type { Journal } from '../ports/journal.js';

/** Logs that a time which the provider named was not possible, unless it was off by no more than clocks may differ. */
export function noteMovedTime(
  journal: Journal,
  {
    callId,
    eventId,
    movedMs,
    skewMs,
  }: {
    readonly callId: string;
    readonly eventId: string;
    /** By how much the time had to be moved to be possible. */
    readonly movedMs: number;
    /** How far the provider's clock was known to be ahead. */
    readonly skewMs: number;
  },
): void {
  if (movedMs <= CLOCK_TOLERANCE_MS) return;
  journal.note({
    level: 'warn',
    event: 'provider time not possible',
    callId,
    eventId,
    details: { moved_seconds: Math.round(movedMs / 1000), known_skew_ms: skewMs },
  });
}
