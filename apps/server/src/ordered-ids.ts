import type { Clock, Ids } from '@outdial/core';
import { v7 as uuidv7 } from 'uuid';

/**
 * UUIDv7 by the time that all nodes agree on (RFC 9562, 5.7), so that they sort by creation: of one process exactly, of
 * several as well as their clocks agree. A clock that is set back a little does not turn the order around.
 */
export function orderedIds(clock: Clock): Ids {
  let msecs = 0;
  let seq = 0;
  return {
    next() {
      const now = clock.now().getTime();
      if (now > msecs) {
        msecs = now;
        seq = 0;
      } else {
        seq += 1;
      }
      return uuidv7({ msecs, seq });
    },
  };
}
