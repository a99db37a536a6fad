import type { Timers } from '@outdial/core';

/** The machine's clock, for the few tests that are about real sockets. Everything else takes virtual time. */
export const realTime: Timers = {
  now: () => new Date(),
  after(ms, callback) {
    const handle = setTimeout(callback, ms);
    return () => clearTimeout(handle);
  },
};
