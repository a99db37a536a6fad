import {
  ProviderEventList,
  type ProviderEventQuery,
  ProviderEventResult,
  ReplayedProviderEvents,
} from '@outdial/protocol';
import type { Filters, Sent } from '../bodies.js';
import type { Request } from '../request.js';

export const providerEvents = (request: Request) => ({
  list: (query: Filters<Sent<typeof ProviderEventQuery>> = {}, signal?: AbortSignal) =>
    request('GET', '/api/provider-events', ProviderEventList, { query, signal }),
  replay: (id: string) => request('POST', `/api/provider-events/${id}/replay`, ProviderEventResult),
  replayAll: () => request('POST', '/api/provider-events/replay', ReplayedProviderEvents),
});
