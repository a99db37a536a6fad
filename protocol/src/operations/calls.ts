import { Call, CallResult, SaveNote, SetDisposition } from '../calls.js';
import { ById } from '../common.js';
import { operation } from './define.js';

export const calls = {
  get: operation({
    id: 'getCall',
    method: 'GET',
    path: '/api/calls/:id',
    tag: 'calls',
    summary: 'One call, live or completed',
    permission: ['calls.own', 'calls.any'],
    params: ById,
    answers: { 200: Call },
    errors: ['not_found'],
  }),
  setDisposition: operation({
    id: 'setDisposition',
    method: 'POST',
    path: '/api/calls/:id/disposition',
    tag: 'calls',
    summary: "The agent's disposition and notes; saving again replaces them",
    description:
      'If the note is left out, it stays unchanged, and a draft becomes the note. The `effect` of the disposition (`GET /api/dispositions`) applies to the person in every queue. Saving another disposition reverts it, unless another call has the same effect.',
    permission: ['calls.own', 'calls.any'],
    params: ById,
    body: SetDisposition,
    answers: { 200: CallResult },
    errors: ['not_found', 'call_not_answered', 'no_queue_for_callback', 'not_recorded'],
  }),
  saveNote: operation({
    id: 'saveNote',
    method: 'PUT',
    path: '/api/calls/:id/note',
    tag: 'calls',
    summary: 'Saves the note as a draft while the agent types',
    description:
      'The draft counts as the note of the call even without a disposition, and is sent to the CRM 30 seconds later.',
    permission: ['calls.own', 'calls.any'],
    params: ById,
    body: SaveNote,
    answers: { 200: CallResult },
    errors: ['not_found', 'version_conflict'],
  }),
  hangUp: operation({
    id: 'hangUpCall',
    method: 'POST',
    path: '/api/calls/:id/hangup',
    tag: 'calls',
    summary: 'Ends a live call, if the provider supports it',
    permission: ['calls.own', 'calls.any'],
    params: ById,
    answers: { 200: CallResult },
    errors: ['not_found', 'call_not_live', 'provider_cannot'],
  }),
  syncCrm: operation({
    id: 'syncCall',
    method: 'POST',
    path: '/api/calls/:id/crm-sync',
    tag: 'crm',
    summary: 'Syncs one call to the CRM again; the CRM keeps one activity',
    permission: ['crm.manage'],
    params: ById,
    answers: { 200: CallResult },
    errors: ['not_found', 'call_not_over'],
  }),
};
