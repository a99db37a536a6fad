import { expect, it } from 'vitest';
import { createServerClock } from './server-clock.js';

const at = (ms: number) => new Date(ms).toISOString();

it('follows the server’s clock rather than a browser’s that is wrong', () => {
  let browser = 1_000_000;
  const clock = createServerClock(() => browser);
  expect(clock.now()).toBe(1_000_000);
  clock.observe(at(1_060_000));
  browser += 500;
  expect(clock.now()).toBe(1_060_500);
});

it('believes the event that came the quickest way', () => {
  const browser = 1_000_000;
  const clock = createServerClock(() => browser);
  clock.observe(at(1_059_200));
  clock.observe(at(1_059_950));
  clock.observe(at(1_057_000));
  expect(clock.now()).toBe(1_059_950);
});

it('forgets what it learned before the browser’s clock was set right', () => {
  let browser = 1_000_000;
  const clock = createServerClock(() => browser);
  clock.observe(at(1_060_000));
  browser += 10 * 60_000;
  clock.observe(at(browser));
  expect(clock.now()).toBe(browser);
});
