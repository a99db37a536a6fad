import { useServerSecond } from '../data/server-clock.js';
import { formatDuration } from './format-time.js';

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
