import { useSyncExternalStore } from 'react';

export interface ServerClock {
  /** Takes the time in a live event, at the moment it arrives. */
  observe(at: string): void;
  /** The server's time now, in milliseconds, as well as is known. */
  now(): number;
}

const SAMPLES_KEPT_MS = 5 * 60_000;

/**
 * The server's clock, estimated from the times in live events. Each event says when it was sent; it arrives a little
 * later, so every sample puts the server's clock too early by its way here. The largest difference within five minutes
 * had the shortest way, and is the best estimate. Without samples the browser's clock is believed.
 */
export function createServerClock(browserNow: () => number = Date.now): ServerClock {
  let samples: Array<{ taken: number; offset: number }> = [];
  let offset = 0;
  return {
    observe(at) {
      const sent = Date.parse(at);
      if (Number.isNaN(sent)) return;
      const taken = browserNow();
      samples = samples.filter((s) => taken - s.taken < SAMPLES_KEPT_MS);
      samples.push({ taken, offset: sent - taken });
      if (samples.length > 50) samples.shift();
      offset = Math.max(...samples.map((s) => s.offset));
    },
    now: () => browserNow() + offset,
  };
}

/** One clock for the page: every timer agrees with every other. */
export const serverClock = createServerClock();

const TICK_MS = 200;
const listeners = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  ticking ??= setInterval(() => {
    for (const tell of listeners) tell();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

const wholeSecond = () => Math.floor(serverClock.now() / 1000) * 1000;

/** The server's time now, to the second; the component is drawn again when the second changes. */
export function useServerSecond(): number {
  return useSyncExternalStore(subscribe, wholeSecond);
}
