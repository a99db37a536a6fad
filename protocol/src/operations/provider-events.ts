import { ById } from '../common.js';
import {
  ProviderEventList,
  ProviderEventQuery,
  ProviderEventResult,
  ReplayedProviderEvents,
} from '../provider-events.js';
import { operation } from './define.js';

export const providerEvents = {
  list: operation({
    id: 'listProviderEvents',
    method: 'GET',
    path: '/api/provider-events',
    tag: 'operations',
    summary: 'Provider events as received, newest first',
    permission: ['operations.manage'],
    query: ProviderEventQuery,
    answers: { 200: ProviderEventList },
    errors: ['invalid_cursor'],
  }),
  replayAll: operation({
    id: 'replayProviderEvents',
    method: 'POST',
    path: '/api/provider-events/replay',
    tag: 'operations',
    summary: 'Replays every dead-letter event',
    permission: ['operations.manage'],
    answers: { 200: ReplayedProviderEvents },
  }),
  replay: operation({
    id: 'replayProviderEvent',
    method: 'POST',
    path: '/api/provider-events/:id/replay',
    tag: 'operations',
    summary: 'Replays one dead-letter event',
    permission: ['operations.manage'],
    params: ById,
    answers: { 200: ProviderEventResult },
    errors: ['not_found', 'event_not_dead'],
  }),
};
