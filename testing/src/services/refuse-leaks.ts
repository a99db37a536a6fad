import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';

// What a test file may forget: timers that keep running, sockets and servers that stay open, processes that stay alive.
const KINDS = [
  'Timeout',
  'Immediate',
  'TCPSocketWrap',
  'TCPServerWrap',
  'ProcessWrap',
  'FSEventWrap',
];

/** engine.io keeps a timer for 30 s for a long poll that it closed while none was under way. */
const LONGEST_CLOSE_MS = 40_000;

/**
 * Vitest ends the process of a test file whatever is still open in it, so a forgotten timer or connection would pass
 * unseen. Registered before the file's own hooks, this one runs after them all, and fails the file that left something.
 */
const before = open();

afterAll(async () => {
  const deadline = Date.now() + LONGEST_CLOSE_MS;
  for (;;) {
    const left = difference(open(), before);
    if (left.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(
        `This test file left something open: ${left.join(', ')}. Close it in afterEach or afterAll.`,
      );
    }
    // Closing takes a few turns of the event loop; an unreferenced timer does not count as open itself.
    await sleep(20, undefined, { ref: false });
  }
});

function open(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => KINDS.includes(kind));
}

function difference(now: string[], then: string[]): string[] {
  const rest = [...now];
  for (const kind of then) {
    const at = rest.indexOf(kind);
    if (at >= 0) rest.splice(at, 1);
  }
  return rest;
}
