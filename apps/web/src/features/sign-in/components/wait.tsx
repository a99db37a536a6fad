import { ApiError } from '@outdial/client';
import { useEffect, useState } from 'react';
import { formatDuration } from '../../../domain/format-time.js';

/** In how many seconds another try is allowed, counting down; 0: now. */
export function useWait(error: unknown): number {
  const seconds = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) : 0;
  const [left, setLeft] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same wait twice is two errors
  useEffect(() => {
    setLeft(seconds);
    if (seconds === 0) return;
    const end = Date.now() + seconds * 1_000;
    const timer = setInterval(() => {
      const next = Math.max(0, Math.ceil((end - Date.now()) / 1_000));
      setLeft(next);
      if (next === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [error, seconds]);
  return left;
}

export const waitText = (seconds: number) =>
  `Too many attempts in a row. Try again in ${formatDuration(seconds)}.`;
