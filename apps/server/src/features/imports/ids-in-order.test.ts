import { validate, version } from 'uuid';
import { expect, it } from 'vitest';
import { idsInOrder } from './ids-in-order.js';

it('ids that are made together are different, of version 7, and in their order', () => {
  const ids = idsInOrder(2_000);
  expect(ids).toHaveLength(2_000);
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
  expect(ids).toEqual(ids.toSorted());
  expect(new Set([...ids, ...idsInOrder(2_000)]).size).toBe(4_000);
  expect(idsInOrder(0)).toEqual([]);
});
