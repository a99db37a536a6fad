import { Call, HistoryExportQuery, HistoryList, HistoryQuery } from '../calls.js';
import { ById } from '../common.js';
import { csv, operation } from './define.js';

export const history = {
  list: operation({
    id: 'listHistory',
    method: 'GET',
    path: '/api/history',
    tag: 'history',
    summary: 'Completed calls, most recently ended first',
    permission: ['calls.own', 'calls.any'],
    query: HistoryQuery,
    answers: { 200: HistoryList },
    errors: ['invalid_cursor'],
  }),
  exportCsv: operation({
    id: 'exportHistory',
    method: 'GET',
    path: '/api/history/export.csv',
    tag: 'history',
    summary: 'All matching calls as a CSV file',
    description:
      'UTF-8 with a byte order mark for Excel. Text that a spreadsheet would run as a formula starts with an apostrophe.',
    permission: ['calls.any'],
    limit: 'costly',
    query: HistoryExportQuery,
    answers: { 200: csv },
  }),
  get: operation({
    id: 'getHistoryCall',
    method: 'GET',
    path: '/api/history/:id',
    tag: 'history',
    summary: 'One completed call',
    permission: ['calls.own', 'calls.any'],
    params: ById,
    answers: { 200: Call },
    errors: ['not_found'],
  }),
};
