import { DispositionScope, DispositionSet, PutDispositions } from '../dispositions.js';
import { operation } from './define.js';

export const dispositions = {
  list: operation({
    id: 'listDispositions',
    method: 'GET',
    path: '/api/dispositions',
    tag: 'calls',
    summary: 'What an agent may say of a call',
    permission: ['calls.own', 'calls.any'],
    query: DispositionScope,
    answers: { 200: DispositionSet },
    errors: ['not_found'],
  }),
  put: operation({
    id: 'putDispositions',
    method: 'PUT',
    path: '/api/dispositions',
    tag: 'calls',
    summary: 'Changes what agents may say of a call',
    description:
      'A new version replaces the whole set. Calls keep the disposition that was saved with them, also when it is renamed or removed here.',
    permission: ['dispositions.manage'],
    query: DispositionScope,
    body: PutDispositions,
    answers: { 200: DispositionSet },
    errors: ['not_found', 'version_conflict', 'not_recorded'],
  }),
};
