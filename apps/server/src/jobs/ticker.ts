import type { Logger } from 'pino';

export interface Ticker {
  start(): void;
  /** Waits for a tick under way; safe twice. */
  close(): Promise<void>;
}

/**
 * Runs `work` again and again, each time `everyMs` after the last one ended, so that a slow tick never overlaps the
 * next. What a tick throws is logged; the next one comes all the same.
 */
export function createTicker(
  name: string,
  everyMs: number,
  work: () => Promise<void>,
  log: Logger,
): Ticker {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let closed = false;

  const tick = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.error({ ticker: name, err: error }, 'periodic work failed');
    }
    if (!closed) plan();
  };
  const plan = (): void => {
    timer = setTimeout(() => {
      running = tick();
    }, everyMs);
  };

  return {
    start() {
      if (!closed) plan();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      return running;
    },
  };
}
