import type { Logger } from 'pino';

export interface Ticker {
  start(): void;
  /** Waits for a tick under way; safe twice. */
  close(): Promise<void>;
}

/**
 * Runs `work` again and again, each time `everyMs` after the last one ended, so that a slow tick never overlaps the
 * next. What a tick throws is logged; the next one comes all the same. Only the first failure of a row is an error, those after
 * it are warnings, and what works again says so once: a dependency that is away for an hour is one thing to look at.
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
  let failures = 0;

  const tick = async (): Promise<void> => {
    try {
      await work();
      if (failures > 0) log.info({ ticker: name, failures }, 'periodic work works again');
      failures = 0;
    } catch (error) {
      failures += 1;
      log[failures === 1 ? 'error' : 'warn'](
        { ticker: name, err: error, failures },
        'periodic work failed',
      );
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
