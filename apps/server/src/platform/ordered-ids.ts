import { randomFillSync } from 'node:crypto';
import type { Clock, Ids } from '@outdial/core';
import { v7 as uuidv7 } from 'uuid';

/**
 * UUIDv7 by the time that all nodes agree on (RFC 9562, 5.7), so that they sort by creation: of one process exactly, of
 * several as well as their clocks agree. A clock that is set back a little does not turn the order around.
 */
export function orderedIds(clock: Clock): Ids {
  let msecs = 0;
  let seq = 0;
  const random = randomBytesInStore();
  return {
    next() {
      const now = clock.now().getTime();
      if (now > msecs) {
        msecs = now;
        seq = 0;
      } else {
        seq += 1;
      }
      return uuidv7({ msecs, seq, random: random() });
    },
  };
}

const BYTES_OF_ID = 16;
/** For 256 ids: a call for each one costs more than the rest of the id, and an import needs two for each row. */
const BYTES_IN_STORE = 256 * BYTES_OF_ID;

/** Each byte is given out once. */
function randomBytesInStore(): () => Uint8Array {
  const store = new Uint8Array(BYTES_IN_STORE);
  let at = store.length;
  return () => {
    if (at === store.length) {
      randomFillSync(store);
      at = 0;
    }
    at += BYTES_OF_ID;
    return store.subarray(at - BYTES_OF_ID, at);
  };
}
