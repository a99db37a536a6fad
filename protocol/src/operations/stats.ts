import { ReportList, ReportQuery, Stats, StatsQuery } from '../stats.js';
import { operation } from './define.js';

export const stats = {
  get: operation({
    id: 'getStats',
    method: 'GET',
    path: '/api/stats',
    tag: 'statistics',
    summary: 'Sums over the calls of a period, by outcome, agent, queue, hour and day',
    permission: ['stats.own', 'stats.any'],
    query: StatsQuery,
    answers: { 200: Stats },
  }),
  reports: operation({
    id: 'listReports',
    method: 'GET',
    path: '/api/reports',
    tag: 'statistics',
    summary: 'Daily reports per agent and queue, latest day first',
    permission: ['stats.any'],
    query: ReportQuery,
    answers: { 200: ReportList },
    errors: ['invalid_cursor'],
  }),
};
