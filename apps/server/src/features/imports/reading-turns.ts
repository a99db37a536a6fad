/** Lets a few at a time do something; the others wait in the order in which they came. */
export interface Turns {
  /** Resolves with what gives the turn back (safe twice); null: too many wait already, or it took too long. */
  take(signal?: AbortSignal): Promise<(() => void) | null>;
}

export function createTurns({
  atOnce,
  waiting,
  withinMs,
}: {
  readonly atOnce: number;
  readonly waiting: number;
  readonly withinMs: number;
}): Turns {
  let taken = 0;
  const queue: (() => void)[] = [];

  const turn = (): (() => void) => {
    taken += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      taken -= 1;
      queue.shift()?.();
    };
  };

  return {
    async take(signal) {
      if (signal?.aborted) return null;
      if (taken < atOnce) return turn();
      if (queue.length >= waiting) return null;
      return new Promise((resolve) => {
        const leave = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', giveUp);
          const at = queue.indexOf(called);
          if (at >= 0) queue.splice(at, 1);
        };
        const called = (): void => {
          leave();
          resolve(turn());
        };
        const giveUp = (): void => {
          leave();
          resolve(null);
        };
        const timer = setTimeout(giveUp, withinMs).unref();
        signal?.addEventListener('abort', giveUp, { once: true });
        queue.push(called);
      });
    },
  };
}
