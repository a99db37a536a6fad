import { setImmediate as nextTurn, setTimeout as sleepMs } from 'node:timers/promises';
import type { DialerPorts } from '@outdial/core';

type DialerStore = DialerPorts['store'];

/** Lets an import step aside for calls: it knows what the dialer of this node asks of the database. */
export interface DialingWatch {
  around(store: DialerStore): DialerStore;
  /** Did this node claim a call within the last seconds? */
  isDialing(): boolean;
  /**
   * Between two steps of an import. While calls are made it lasts until the dialer has asked for nothing for a moment, as a call
   * is some statements in a row, and a step between each two of them makes the call wait for all of those steps. At most 50 ms, so
   * that an import advances however much is dialed.
   */
  pause(): Promise<void>;
}

const DIALING_FOR_MS = 2_000;
/** Longer than the dialer thinks between two statements of a call. */
const QUIET_MS = 3;
const LONGEST_PAUSE_MS = 50;

export function createDialingWatch({
  now = () => performance.now(),
  sleep = async (ms: number): Promise<void> => {
    // A timer takes a millisecond at least.
    await (ms === 0 ? nextTurn() : sleepMs(ms));
  },
} = {}): DialingWatch {
  let underWay = 0;
  let asked = Number.NEGATIVE_INFINITY;
  let claimed = Number.NEGATIVE_INFINITY;

  const watched = async <T>(work: Promise<T>): Promise<T> => {
    underWay += 1;
    try {
      return await work;
    } finally {
      underWay -= 1;
      asked = now();
    }
  };
  const isDialing = (): boolean => now() - claimed < DIALING_FOR_MS;

  return {
    around(store) {
      // An object of its own with all of them, as others copy a store to replace some.
      const methods: Record<string, unknown> = {};
      for (const name in store) {
        const method: unknown = store[name as keyof DialerStore];
        if (typeof method !== 'function') continue;
        methods[name] = (...given: unknown[]): unknown => {
          const answer: unknown = method.apply(store, given);
          return answer instanceof Promise ? watched(answer) : answer;
        };
      }
      const all = methods as unknown as DialerStore;
      return {
        ...all,
        async fillLines(...given) {
          const applied = await all.fillLines(...given);
          if ((applied?.calls.length ?? 0) > 0) claimed = now();
          return applied;
        },
      };
    },
    isDialing,
    async pause() {
      const until = now() + LONGEST_PAUSE_MS;
      // Always once, so that other work has its turn.
      await sleep(0);
      while (isDialing() && now() < until && (underWay > 0 || now() - asked < QUIET_MS)) {
        await sleep(1);
      }
    },
  };
}
