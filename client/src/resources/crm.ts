import {
  CrmActivityList,
  type CrmActivityQuery,
  CrmContactList,
  type CrmContactQuery,
  CrmFaults,
  type SyncCrm,
  SyncCrmResult,
} from '@outdial/protocol';
import type { Filters, Sent } from '../bodies.js';
import type { Request } from '../request.js';

export const crm = (request: Request) => ({
  sync: (body: Sent<typeof SyncCrm> = {}) =>
    request('POST', '/api/crm/sync', SyncCrmResult, { body }),
  mockContacts: (query: Filters<Sent<typeof CrmContactQuery>> = {}, signal?: AbortSignal) =>
    request('GET', '/api/mock-crm/contacts', CrmContactList, { query, signal }),
  mockActivities: (query: Filters<Sent<typeof CrmActivityQuery>> = {}, signal?: AbortSignal) =>
    request('GET', '/api/mock-crm/activities', CrmActivityList, { query, signal }),
  mockFaults: (signal?: AbortSignal) =>
    request('GET', '/api/mock-crm/faults', CrmFaults, { signal }),
  setMockFaults: (body: CrmFaults) => request('PUT', '/api/mock-crm/faults', CrmFaults, { body }),
});
