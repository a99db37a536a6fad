import { ReportList, type ReportQuery, Stats, type StatsQuery } from '@outdial/protocol';
import type { Filters, Sent } from '../bodies.js';
import type { Request } from '../request.js';

export const stats = (request: Request) => ({
  get: (query: Filters<StatsQuery> = {}, signal?: AbortSignal) =>
    request('GET', '/api/stats', Stats, { query, signal }),
  reports: (query: Filters<Sent<typeof ReportQuery>> = {}, signal?: AbortSignal) =>
    request('GET', '/api/reports', ReportList, { query, signal }),
});
