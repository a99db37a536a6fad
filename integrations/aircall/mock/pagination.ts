import { z } from 'zod';
import { badRequest } from './api-problem.js';
import type { Behaviour } from './behaviour.js';

/** Reference 1.4: calls and contacts stop at 10,000 items. */
const reachableItems = 10_000;

const whole = z.coerce.number().int();
const listQuery = z.object({
  page: whole.min(1).default(1),
  per_page: whole.min(1).default(20),
  order: z.enum(['asc', 'desc']).default('asc'),
  from: whole.optional(),
  to: whole.optional(),
});

export interface ListRequest {
  readonly query: unknown;
  readonly url: string;
  readonly host: string;
}

export interface ListShape<Item> {
  /** The name of the array in the answer. */
  readonly key: string;
  readonly createdAtMs: (item: Item) => number;
  readonly payload: (item: Item) => Record<string, unknown>;
  readonly behaviour: Behaviour;
}

/** One page in the form of reference 1.4; `from`, `to` and `order` look at the creation date. */
export function listPage<Item>(
  request: ListRequest,
  items: readonly Item[],
  shape: ListShape<Item>,
): unknown {
  const parsed = listQuery.safeParse(request.query);
  if (!parsed.success) throw badRequest('page, per_page, order, from or to is not valid');
  const { page, order, from, to } = parsed.data;
  if (parsed.data.per_page > 50 && shape.behaviour.perPageOver50 === 'refuse')
    throw badRequest('per_page must be 1 to 50');
  const perPage = Math.min(parsed.data.per_page, 50);

  const wanted = items
    .filter((item) => {
      const createdAt = Math.floor(shape.createdAtMs(item) / 1000);
      return (from === undefined || createdAt >= from) && (to === undefined || createdAt <= to);
    })
    .sort((a, b) => (order === 'asc' ? 1 : -1) * (shape.createdAtMs(a) - shape.createdAtMs(b)))
    .slice(0, reachableItems);
  const shown = wanted.slice((page - 1) * perPage, page * perPage);
  const link = (target: number) => {
    const url = new URL(request.url, `http://${request.host}`);
    url.searchParams.set('page', String(target));
    url.searchParams.set('per_page', String(perPage));
    return url.toString();
  };
  return {
    meta: {
      count: shown.length,
      total: wanted.length,
      current_page: page,
      per_page: perPage,
      next_page_link: page * perPage < wanted.length ? link(page + 1) : null,
      previous_page_link: page > 1 ? link(page - 1) : null,
    },
    [shape.key]: shown.map(shape.payload),
  };
}
