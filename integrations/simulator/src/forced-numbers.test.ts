import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FORCED_RANGES, type ForcedRange, forcedBy } from './forced-numbers.js';
import { PROFILES } from './profiles.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const rows = [...readme.matchAll(/^\|(.+)\|$/gm)].map((row) =>
  (row[1] ?? '').split('|').map((cell) => cell.trim()),
);

test('the table of the README is the one that the network goes by', () => {
  const documented = rows.filter(([from]) => from?.startsWith('+'));
  const word = ({ forced }: ForcedRange): string =>
    forced.kind === 'far_end' ? forced.farEnd : `\`${forced.kind}\``;
  expect(documented.map(([from, to, what]) => [from, to, what?.replace(/:.*/, '')])).toEqual(
    FORCED_RANGES.map((range) => [range.from, range.to, word(range)]),
  );
});

test('the shares of the README are those of the profiles', () => {
  for (const name of ['even', 'realistic'] as const) {
    const { weights } = PROFILES[name];
    const column = name === 'even' ? 1 : 2;
    for (const [farEnd, weight] of Object.entries(weights)) {
      const row = rows.find(([first]) => first === farEnd);
      expect(row?.[column]).toBe(`${weight} %`);
    }
    expect(Object.values(weights).reduce((sum, weight) => sum + weight)).toBe(100);
  }
});

test('numbers outside the ranges go by chance', () => {
  const free = ['+19075550100', '+19075550109', '+19075550200', '+1907555011', '+190755501100'];
  for (const number of [...free, '+4930123456', '']) expect(forcedBy(number)).toBeNull();
  expect(forcedBy('+19075550110')).toEqual({ kind: 'far_end', farEnd: 'CONNECTED' });
  expect(forcedBy('+19075550169')).toEqual({ kind: 'refused' });
});
