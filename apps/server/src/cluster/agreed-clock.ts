import type { Timers } from '@outdial/core';

/** A clock that is set by the database's, so that all nodes on it agree. */
export interface AgreedClock extends Timers {
  /** Compares with the database and follows it. Throws, and goes on as it was, when the database does not answer. */
  set(): Promise<void>;
  /** The machine's clock minus the agreed one, in milliseconds: how wrong this machine is. */
  machineError(): number;
}

/** Of so many answers the quickest tells the time best: it spent the least on the way. */
const QUESTIONS = 5;

/**
 * Rows carry due times, and each node compares them with its own now: a node whose clock is a minute off would end calls a
 * minute early, or wrap-ups late. So all of them take the time from the one database that they share, and count on
 * from there with a clock that cannot be set (`performance.now()`): a machine's clock may jump without notice.
 * The error is half of the quickest round trip, which on one network is below a millisecond.
 */
export function createAgreedClock(
  timers: Timers,
  readDatabaseTime: () => Promise<Date>,
  monotonicMs: () => number = () => performance.now(),
): AgreedClock {
  /** Agreed time is `monotonicMs() + ahead`. */
  let ahead = timers.now().getTime() - monotonicMs();
  /** What we know of it may be wrong by so many milliseconds. */
  let uncertainty = Number.POSITIVE_INFINITY;

  return {
    now: () => new Date(Math.floor(monotonicMs() + ahead)),
    after: (ms, callback) => timers.after(ms, callback),
    async set() {
      let best = { ahead: 0, uncertainty: Number.POSITIVE_INFINITY };
      for (let question = 0; question < QUESTIONS; question += 1) {
        const askedAt = monotonicMs();
        const told = (await readDatabaseTime()).getTime();
        const roundTrip = monotonicMs() - askedAt;
        if (roundTrip / 2 < best.uncertainty) {
          best = { ahead: told - askedAt - roundTrip / 2, uncertainty: roundTrip / 2 };
        }
      }
      // Two clocks drift apart by less than a millisecond in a minute: what lies within both errors is no news.
      if (Math.abs(best.ahead - ahead) <= best.uncertainty + Math.min(uncertainty, 5)) return;
      ({ ahead, uncertainty } = best);
    },
    machineError: () => timers.now().getTime() - (monotonicMs() + ahead),
  };
}
