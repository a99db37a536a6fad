import { expect, it } from 'vitest';
import { formatFullMoment, formatMoment } from './format-time.js';

it('counts the hours of a day from 00 to 23', () => {
  const midnight = new Date(2026, 10, 20, 0, 5).toISOString();
  expect(formatMoment(midnight, new Date(2026, 10, 20, 9))).toBe('Today, 00:05');
  expect(formatMoment(midnight, new Date(2026, 10, 21, 9))).toBe('Nov 20, 00:05');
  expect(formatFullMoment(midnight)).toContain('00:05:00');
});

it('names the year where it is another one', () => {
  const nextYear = new Date(2027, 10, 20, 14, 5).toISOString();
  expect(formatMoment(nextYear, new Date(2026, 10, 20, 9))).toBe('Nov 20, 2027');
});
