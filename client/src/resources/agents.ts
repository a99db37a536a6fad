import {
  AgentList,
  AgentResult,
  Campaign,
  type CreateAgent,
  type PageQuery,
  type PatchAgent,
  type SetAgentStatus,
} from '@outdial/protocol';
import { type Filters, optionalAnswer, type Sent, type WithOptional } from '../bodies.js';
import type { Request } from '../request.js';

export type SettableAgentStatus = Sent<typeof SetAgentStatus>['status'];

export const agents = (request: Request) => ({
  list: (query: Filters<PageQuery> = {}, signal?: AbortSignal) =>
    request('GET', '/api/agents', AgentList, { query, signal }),
  create: (
    body: WithOptional<Sent<typeof CreateAgent>, 'provider_user_id' | 'provider_number_id'>,
  ) => request('POST', '/api/agents', AgentResult, { body }),
  update: (id: string, body: Sent<typeof PatchAgent>) =>
    request('PATCH', `/api/agents/${id}`, AgentResult, { body }),
  setMyStatus: (status: SettableAgentStatus) =>
    request('PUT', '/api/agents/me/status', AgentResult, { body: { status } }),
  /** The queue that this agent works off in the provider's own dialer; 404 when there is none. */
  campaign: (id: string, signal?: AbortSignal) =>
    request('GET', `/api/agents/${id}/campaign`, Campaign, { signal }),
  startCampaign: (id: string, queueId: string) =>
    request('POST', `/api/agents/${id}/campaign`, Campaign, { body: { queue_id: queueId } }),
  endCampaign: (id: string) => request('DELETE', `/api/agents/${id}/campaign`, optionalAnswer),
});
