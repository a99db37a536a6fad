import type { Announcement } from '@outdial/core';
import { createVirtualTime } from '@outdial/testing/virtual-time';
import { expect, it } from 'vitest';
import { createCoalescer } from './coalesce.js';

const queue = { kind: 'queue', queueId: 'q' } as const;

/** How often a queue that changes every 50 ms is published in a minute, when counting it takes so long. */
async function toldInAMinute(countingMs: number): Promise<number> {
  const time = createVirtualTime(new Date('2026-03-06T15:00:00.000Z'));
  let told = 0;
  const count = (): Promise<void> =>
    new Promise((resolve) => {
      time.after(countingMs, () => {
        told += 1;
        resolve();
      });
    });
  const coalescer = createCoalescer(time, count, () => undefined);
  for (let ms = 0; ms < 60_000; ms += 50) {
    coalescer.add(queue);
    await time.advance(50);
  }
  const toldInTime = told;
  const closing = coalescer.close();
  await time.advance(2 * countingMs);
  await closing;
  return toldInTime;
}

it('tells of a queue that is counted quickly several times a second', async () => {
  expect(await toldInAMinute(5)).toBeGreaterThan(150);
});

it('counts a long queue so seldom that it takes no more than a tenth of the time', async () => {
  const told = await toldInAMinute(340);
  expect(told).toBeGreaterThan(10);
  expect(told * 340).toBeLessThan(6_800);
});

it('tells what it has gathered before it closes, and nothing that comes after', async () => {
  const time = createVirtualTime(new Date('2026-03-06T15:00:00.000Z'));
  const told: Announcement[] = [];
  const coalescer = createCoalescer(
    time,
    async (change) => void told.push(change),
    () => undefined,
  );
  coalescer.add(queue);
  await coalescer.close();
  coalescer.add({ kind: 'queue', queueId: 'late' });
  await time.advance(1_000);
  expect(told).toEqual([queue]);
});

it('never shows a new call before the end of the call whose line it takes, although reading became faster meanwhile', async () => {
  const time = createVirtualTime(new Date('2026-03-06T15:00:00.000Z'));
  const shown: Announcement[] = [];
  let readingMs = 100;
  const coalescer = createCoalescer(
    time,
    (change) =>
      new Promise((resolve) => {
        time.after(readingMs, () => {
          shown.push(change);
          resolve();
        });
      }),
    () => undefined,
  );
  const call = (callId: string): Announcement => ({
    kind: 'call',
    callId,
    sessionId: 'session',
    agentId: 'agent',
  });
  coalescer.add(call('slowly read'));
  await time.advance(200);
  // The next two wait ten times as long as that read took. The first of them is read quickly, so that the last waits less than the second.
  readingMs = 1;
  coalescer.add(call('quickly read'));
  await time.advance(950);
  coalescer.add(call('ended'));
  await time.advance(100);
  coalescer.add(call('took its line'));
  await time.advance(3_000);
  expect(shown).toEqual([
    call('slowly read'),
    call('quickly read'),
    call('ended'),
    call('took its line'),
  ]);
  await coalescer.close();
});
