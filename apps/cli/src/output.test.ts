import { expect, it } from 'vitest';
import { details, table } from './output.js';

it('columns are as wide as their widest cell, and what is empty is a dash', () => {
  expect(
    table(
      ['ID', 'NAME'],
      [
        ['1', 'Ada'],
        ['22', null],
      ],
    ),
  ).toBe('ID  NAME\n1   Ada\n22  -');
});

it('a lead cannot steer the terminal: control characters of names become spaces', () => {
  expect(table(['NAME'], [['\u001b[2Jgone\r\nsecond line']])).toBe('NAME\n [2Jgone second line');
  expect(details({ name: 'a\u0007b', empty: null })).toBe('name  a b');
});
