import type { OptionSpecs } from './command.js';
import { wholeNumber } from './read-number.js';

const PAGE_ROWS = 200;
const DEFAULT_ROWS = 50;
const MOST_ROWS = 1_000_000;

export const PAGE_OPTIONS = {
  limit: { type: 'string', value: 'ROWS', what: `How many rows at most. Default: ${DEFAULT_ROWS}` },
  all: { type: 'boolean', what: 'All rows, however many there are' },
} as const satisfies OptionSpecs;

interface Page {
  readonly total: number;
  readonly next_cursor: string | null;
}

/** Reads pages until there are enough rows. The answer is the first page with the rows of all of them. */
export async function readPages<
  K extends string,
  P extends Page & { readonly [key in K]: unknown[] },
>(
  key: K,
  wish: { readonly limit: string | undefined; readonly all: boolean },
  read: (page: { limit: number; cursor: string | undefined }) => Promise<P>,
): Promise<P> {
  const most = wish.all
    ? MOST_ROWS
    : (wholeNumber('limit', wish.limit, { min: 1, max: MOST_ROWS }) ?? DEFAULT_ROWS);
  const first = await read({ limit: Math.min(most, PAGE_ROWS), cursor: undefined });
  const rows: unknown[] = [...first[key]];
  let cursor = first.next_cursor;
  while (cursor !== null && rows.length < most) {
    const page = await read({ limit: Math.min(most - rows.length, PAGE_ROWS), cursor });
    rows.push(...page[key]);
    cursor = page.next_cursor;
  }
  return { ...first, [key]: rows, next_cursor: cursor };
}

/** What stands below a table that does not show everything. */
export const remainder = (shown: number, { total, next_cursor: next }: Page): string =>
  next === null ? '' : `\n\n${shown} of ${total}. --all shows the others.`;
