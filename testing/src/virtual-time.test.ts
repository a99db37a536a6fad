import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createVirtualTime } from './virtual-time.js';

const START = new Date('2026-01-15T15:00:00Z');

test('callbacks run in the order of their due times, first come first served among equals', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20 })), async (delays) => {
      const time = createVirtualTime(START);
      const ran: { ms: number; order: number; seen: number }[] = [];
      delays.forEach((ms, order) => {
        time.after(ms, () => {
          ran.push({ ms, order, seen: time.now().getTime() - START.getTime() });
        });
      });
      await time.advance(20);
      expect(ran).toHaveLength(delays.length);
      expect(ran).toEqual([...ran].sort((a, b) => a.ms - b.ms || a.order - b.order));
      expect(ran.every(({ ms, seen }) => ms === seen)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('what a callback schedules runs in the same advance, and a chain of promises needs no time', async () => {
  const time = createVirtualTime(START);
  const seen: string[] = [];
  time.after(10, async () => {
    await Promise.resolve();
    await Promise.resolve();
    time.after(5, () => void seen.push(`second at ${time.now().getTime() - START.getTime()}`));
    seen.push('first');
  });
  await time.advance(20);
  expect(seen).toEqual(['first', 'second at 15']);
  expect(time.now()).toEqual(new Date(START.getTime() + 20));
});

test('a callback that was taken back does not run', async () => {
  const time = createVirtualTime(START);
  let ran = false;
  const cancel = time.after(10, () => {
    ran = true;
  });
  expect(time.pending()).toBe(1);
  cancel();
  cancel();
  await time.advance(100);
  expect(ran).toBe(false);
  expect(time.nextDueAt()).toBeNull();
});

test('running until a condition stops at the instant it holds, or says that it never did', async () => {
  const time = createVirtualTime(START);
  let count = 0;
  const tick = (): void => {
    count += 1;
    time.after(1000, tick);
  };
  time.after(1000, tick);
  expect(await time.runUntil(() => count === 3)).toBe(true);
  expect(time.now()).toEqual(new Date(START.getTime() + 3000));
  expect(await time.runUntil(() => count === -1, 5000)).toBe(false);
  expect(await time.runUntil(new Date(START.getTime() + 60_000))).toBe(true);
  expect(count).toBe(60);
});

test('an error in a callback comes out of advance', async () => {
  const time = createVirtualTime(START);
  time.after(1, () => {
    throw new Error('at once');
  });
  time.after(2, async () => {
    await Promise.resolve();
    throw new Error('later');
  });
  await expect(time.advance(1)).rejects.toThrow('at once');
  await expect(time.advance(1)).rejects.toThrow('later');
});
