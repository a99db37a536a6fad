import { Call, type HistoryExportQuery, HistoryList, type HistoryQuery } from '@outdial/protocol';
import type { Filters, Sent } from '../bodies.js';
import { type DownloadRequest, type Request, urlOf } from '../request.js';

export const history = (request: Request, download: DownloadRequest, baseUrl: string) => ({
  list: (query: Filters<HistoryQuery> = {}, signal?: AbortSignal) =>
    request('GET', '/api/history', HistoryList, { query, signal }),
  get: (id: string, signal?: AbortSignal) => request('GET', `/api/history/${id}`, Call, { signal }),
  /** The export as a file, read whole. */
  exportCsv: (query: Filters<Sent<typeof HistoryExportQuery>> = {}, signal?: AbortSignal) =>
    download('/api/history/export.csv', { query, signal }),
  /** For programs that show their own token and stream the answer. A browser that follows it as a link shows none. */
  exportUrl: (query: Filters<Sent<typeof HistoryExportQuery>> = {}) =>
    urlOf(baseUrl, '/api/history/export.csv', query),
});
