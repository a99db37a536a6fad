import { Message } from '../health.js';
import {
  AddedSuppressions,
  AddSuppressions,
  ImportedSuppressions,
  ImportSuppressionsForm,
  ImportSuppressionsJsonBody,
  RemovedSuppressions,
  RemoveSuppressions,
  SuppressionList,
  SuppressionListQuery,
  SuppressionParams,
} from '../queues.js';
import { operation } from './define.js';

export const suppressions = {
  list: operation({
    id: 'listSuppressions',
    method: 'GET',
    path: '/api/suppressions',
    tag: 'suppressions',
    summary: 'Suppressed numbers, newest first',
    permission: ['suppressions.read'],
    query: SuppressionListQuery,
    answers: { 200: SuppressionList },
    errors: ['invalid_cursor'],
  }),
  add: operation({
    id: 'addSuppressions',
    method: 'POST',
    path: '/api/suppressions',
    tag: 'suppressions',
    summary: 'Suppresses numbers: they are never dialed again',
    description:
      'Stores the readable numbers and names the others in `refused`; if none is readable, it is an error. ' +
      'A caller who may not read the list adds one number at a time, at most 50 per day, and does not learn whether it was there before.',
    permission: ['suppressions.add'],
    body: AddSuppressions,
    answers: { 201: AddedSuppressions },
    errors: ['invalid_phone_number', 'rate_limited', 'invalid_request'],
  }),
  importFile: operation({
    id: 'importSuppressions',
    method: 'POST',
    path: '/api/suppressions/import',
    tag: 'suppressions',
    summary: 'Imports a do-not-call list from a file',
    description:
      'CSV or plain text, one number a line or in columns; as a form with the file as `file` (50 MB at most), or as JSON (4 MB at most). ' +
      'Every readable number is stored; unreadable lines are named in `refused`.',
    permission: ['suppressions.manage'],
    limit: 'costly',
    body: ImportSuppressionsJsonBody,
    form: ImportSuppressionsForm,
    answers: { 200: ImportedSuppressions },
    errors: ['invalid_csv', 'rate_limited', 'invalid_request'],
  }),
  removeMany: operation({
    id: 'removeSuppressions',
    method: 'POST',
    path: '/api/suppressions/remove',
    tag: 'suppressions',
    summary: 'Removes numbers from the suppression list',
    description: 'Removes all of them or, if one is unreadable, none.',
    permission: ['suppressions.manage'],
    body: RemoveSuppressions,
    answers: { 200: RemovedSuppressions },
    errors: ['invalid_phone_number', 'not_recorded'],
  }),
  remove: operation({
    id: 'removeSuppression',
    method: 'DELETE',
    path: '/api/suppressions/:phone_number',
    tag: 'suppressions',
    summary: 'Removes one number from the suppression list',
    permission: ['suppressions.manage'],
    params: SuppressionParams,
    answers: { 200: Message },
    errors: ['not_found', 'invalid_phone_number'],
  }),
};
