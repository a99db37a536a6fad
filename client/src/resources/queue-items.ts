import {
  AddedToQueue,
  type AddToQueue,
  type PatchQueueItem,
  QueueItemList,
  type QueueItemListQuery,
  QueueItemResult,
} from '@outdial/protocol';
import { type Filters, optionalAnswer, type Sent, type WithOptional } from '../bodies.js';
import type { Request } from '../request.js';

export const queueItems = (request: Request) => ({
  list: (query: Filters<Sent<typeof QueueItemListQuery>> = {}, signal?: AbortSignal) =>
    request('GET', '/api/queue', QueueItemList, { query, signal }),
  add: (body: WithOptional<Sent<typeof AddToQueue>, 'priority' | 'requeue'>) =>
    request('POST', '/api/queue', AddedToQueue, { body }),
  update: (id: string, body: Sent<typeof PatchQueueItem>) =>
    request('PATCH', `/api/queue/${id}`, QueueItemResult, { body }),
  remove: (id: string) => request('DELETE', `/api/queue/${id}`, optionalAnswer),
});
