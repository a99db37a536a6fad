import type { PageQuery } from '@outdial/protocol';
import type { ListPage, ListRequest } from '../http-ports.js';

export const fromWirePage = ({ limit, cursor }: PageQuery): ListRequest => ({ limit, cursor });

/** What every list carries beside its rows. */
export const pageFields = (page: Omit<ListPage<unknown>, 'rows'>) => ({
  total: page.total,
  next_cursor: page.nextCursor,
});
