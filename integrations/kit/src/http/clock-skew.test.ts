import { describe, expect, it } from 'vitest';
import { createClockSkew } from './clock-skew.js';

const NOON_MS = Date.UTC(2026, 10, 20, 12);
const httpDate = (ms: number): string => new Date(ms).toUTCString();

describe('the skew of a clock', () => {
  it('the clock skew is unknown until an answer with a date arrives', () => {
    const skew = createClockSkew();
    skew.heed(null, NOON_MS, NOON_MS + 80);
    skew.heed('yesterday', NOON_MS, NOON_MS + 80);
    expect(skew.skewMs()).toBeNull();
  });

  it.each([
    ['behind by 12 s', -12_000],
    ['ahead by 3 minutes', 180_000],
  ])('is measured when it is %s', (_, off) => {
    const skew = createClockSkew();
    skew.heed(httpDate(NOON_MS + off), NOON_MS, NOON_MS + 100);
    expect(Math.abs((skew.skewMs() ?? 0) - off)).toBeLessThan(1_000);
  });

  it('a difference below one second counts as no clock skew', () => {
    const skew = createClockSkew();
    skew.heed(httpDate(NOON_MS), NOON_MS + 900, NOON_MS + 1_000);
    expect(skew.skewMs()).toBe(0);
  });

  it('one odd answer or slow answers do not change the clock skew', () => {
    const skew = createClockSkew();
    for (let n = 0; n < 5; n += 1) {
      skew.heed(httpDate(NOON_MS - 12_000), NOON_MS, NOON_MS + 50);
    }
    skew.heed(httpDate(NOON_MS + 600_000), NOON_MS, NOON_MS + 50);
    skew.heed(httpDate(NOON_MS + 900_000), NOON_MS, NOON_MS + 9_000);
    expect(Math.abs((skew.skewMs() ?? 0) + 12_000)).toBeLessThan(1_000);
  });
});
