import { ById } from '../common.js';
import { Message } from '../health.js';
import {
  AddedToQueue,
  AddToQueue,
  PatchQueueItem,
  QueueItemList,
  QueueItemListQuery,
  QueueItemResult,
  RemoveFromQueueQuery,
} from '../queues.js';
import { operation } from './define.js';

export const queueItems = {
  list: operation({
    id: 'listQueueItems',
    method: 'GET',
    path: '/api/queue',
    tag: 'queues',
    summary: 'Queue items in calling order',
    permission: ['queues.read'],
    query: QueueItemListQuery,
    answers: { 200: QueueItemList },
    errors: ['invalid_cursor'],
  }),
  add: operation({
    id: 'addToQueue',
    method: 'POST',
    path: '/api/queue',
    tag: 'queues',
    summary: 'Adds leads to a queue, in the given order',
    permission: ['queues.manage'],
    body: AddToQueue,
    answers: { 201: AddedToQueue },
    errors: ['not_found'],
  }),
  update: operation({
    id: 'updateQueueItem',
    method: 'PATCH',
    path: '/api/queue/:id',
    tag: 'queues',
    summary: "Changes a queue item's priority or due time, or makes it pending again",
    permission: ['queues.manage'],
    params: ById,
    body: PatchQueueItem,
    answers: { 200: QueueItemResult },
    errors: ['not_found', 'queue_item_claimed', 'number_suppressed', 'contact_ended'],
  }),
  remove: operation({
    id: 'removeFromQueue',
    method: 'DELETE',
    path: '/api/queue/:id',
    tag: 'queues',
    summary: 'Removes a lead from a queue; its calls stay in the history',
    permission: ['queues.manage'],
    params: ById,
    query: RemoveFromQueueQuery,
    answers: { 200: Message },
    errors: ['not_found', 'queue_item_claimed', 'callbacks_promised', 'not_recorded'],
  }),
};
