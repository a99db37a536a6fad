import {
  type CreateQueue,
  type PageQuery,
  type PatchQueue,
  Queue,
  QueueAgents,
  QueueAgentsResult,
  QueueList,
  QueueResult,
  type SetQueueAgents,
} from '@outdial/protocol';
import { type Filters, optionalAnswer, type Sent, type WithOptional } from '../bodies.js';
import type { Request } from '../request.js';

export const queues = (request: Request) => ({
  list: (query: Filters<PageQuery> = {}, signal?: AbortSignal) =>
    request('GET', '/api/queues', QueueList, { query, signal }),
  get: (id: string, signal?: AbortSignal) => request('GET', `/api/queues/${id}`, Queue, { signal }),
  create: (body: WithOptional<Sent<typeof CreateQueue>, 'settings'>) =>
    request('POST', '/api/queues', QueueResult, { body }),
  update: (id: string, body: Sent<typeof PatchQueue>) =>
    request('PATCH', `/api/queues/${id}`, QueueResult, { body }),
  /** Who may work it. */
  agents: (id: string, signal?: AbortSignal) =>
    request('GET', `/api/queues/${id}/agents`, QueueAgents, { signal }),
  /** Stops the sessions of those who may not any more. */
  setAgents: (id: string, body: Sent<typeof SetQueueAgents>) =>
    request('PUT', `/api/queues/${id}/agents`, QueueAgentsResult, { body }),
  remove: (id: string) => request('DELETE', `/api/queues/${id}`, optionalAnswer),
});
