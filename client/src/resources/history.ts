import { Call, type HistoryExportQuery, HistoryList, type HistoryQuery } from '@outdial/protocol';
import type { Filters, Sent } from '../bodies.js';
import { type Request, urlOf } from '../request.js';

export const history = (request: Request, baseUrl: string) => ({
  list: (query: Filters<HistoryQuery> = {}, signal?: AbortSignal) =>
    request('GET', '/api/history', HistoryList, { query, signal }),
  get: (id: string, signal?: AbortSignal) => request('GET', `/api/history/${id}`, Call, { signal }),
  /** For a link: the server streams the file, the browser saves it. */
  exportUrl: (query: Filters<Sent<typeof HistoryExportQuery>> = {}) =>
    urlOf(baseUrl, '/api/history/export.csv', query),
});
