import type { Page, PageRequest } from '@outdial/postgres';
import type { PageQuery } from '@outdial/protocol';

export const fromWirePage = ({ limit, cursor }: PageQuery): PageRequest => ({ limit, cursor });

/** What every list carries beside its rows. */
export const pageFields = (page: Omit<Page<unknown>, 'rows'>) => ({
  total: page.total,
  ...(page.totalIsEstimate && { total_is_estimate: true }),
  next_cursor: page.nextCursor,
});
