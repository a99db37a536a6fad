import { useServerSecond } from '../data/server-clock.js';
import { formatDuration } from '../domain/format-time.js';

interface TimerProps {
  since: string;
  /** Stops there. */
  until?: string | null | undefined;
  label?: string;
}

/** Counts up from a time of the server's. */
export function Timer({ since, until, label }: TimerProps) {
  const now = useServerSecond();
  const end = until ? Date.parse(until) : now;
  return (
    <span className="tabular" role="timer" aria-label={label}>
      {formatDuration((end - Date.parse(since)) / 1000)}
    </span>
  );
}

/** Seconds until a time of the server's, at least 0. */
export function useSecondsUntil(until: string | null): number {
  const now = useServerSecond();
  return until === null ? 0 : Math.max(0, Math.ceil((Date.parse(until) - now) / 1000));
}
