import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTicker } from './ticker.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const SILENT = pino({ level: 'silent' });

/** Work that runs until the test says that it is done. */
function slowWork() {
  const ends: (() => void)[] = [];
  let begun = 0;
  return {
    begun: () => begun,
    end: () => ends.shift()?.(),
    work: () => {
      begun += 1;
      return new Promise<void>((resolve) => ends.push(resolve));
    },
  };
}

it('works again and again, each time so long after the last one ended', async () => {
  const { work, begun, end } = slowWork();
  const ticker = createTicker('sweep', 5000, work, SILENT);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(begun()).toBe(0);
  ticker.start();
  await vi.advanceTimersByTimeAsync(4999);
  expect(begun()).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(begun()).toBe(1);
  // It takes a minute: no second run begins beside it.
  await vi.advanceTimersByTimeAsync(60_000);
  expect(begun()).toBe(1);
  end();
  await vi.advanceTimersByTimeAsync(5000);
  expect(begun()).toBe(2);
  end();
  await ticker.close();
});

it('goes on after work that failed, and logs each failure', async () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  let begun = 0;
  const failing = async () => {
    begun += 1;
    throw new Error('The database is away.');
  };
  const ticker = createTicker('sweep', 1000, failing, log);
  ticker.start();
  await vi.advanceTimersByTimeAsync(2000);
  expect(begun).toBe(2);
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    ticker: 'sweep',
    msg: 'periodic work failed',
  });
  await ticker.close();
  expect(vi.getTimerCount()).toBe(0);
});

it('says once that something is wrong, and once that it works again', async () => {
  const lines: { level: number; msg: string; failures: number }[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  let away = true;
  const work = async () => {
    if (away) throw new Error('The database is away.');
  };
  const ticker = createTicker('sweep', 1000, work, log);
  ticker.start();
  const { error, warn, info } = log.levels.values;
  await vi.advanceTimersByTimeAsync(3000);
  expect(lines.map(({ level }) => level)).toEqual([error, warn, warn]);
  away = false;
  await vi.advanceTimersByTimeAsync(3000);
  expect(lines.slice(3)).toEqual([
    expect.objectContaining({ level: info, msg: 'periodic work works again', failures: 3 }),
  ]);
  // It is away once more, which the log must say again.
  away = true;
  await vi.advanceTimersByTimeAsync(1000);
  expect(lines.at(-1)).toMatchObject({ level: error, failures: 1 });
  await ticker.close();
});

it('when closed, waits for the work under way and begins none any more', async () => {
  const { work, begun, end } = slowWork();
  const ticker = createTicker('sweep', 1000, work, SILENT);
  ticker.start();
  await vi.advanceTimersByTimeAsync(1000);
  let closed = false;
  const closing = Promise.all([ticker.close(), ticker.close()]).then(() => {
    closed = true;
  });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(closed).toBe(false);
  end();
  await closing;
  // A start that was under way when the server was stopped.
  ticker.start();
  expect(vi.getTimerCount()).toBe(0);
  expect(begun()).toBe(1);
});
