import {
  type CreateLead,
  Lead,
  LeadCrmActivities,
  LeadFilterOptions,
  LeadList,
  type LeadListQuery,
  LeadResult,
  type PatchLead,
} from '@outdial/protocol';
import { type Filters, optionalAnswer, type WithOptional } from '../bodies.js';
import type { Request } from '../request.js';

export const leads = (request: Request) => ({
  list: (query: Filters<LeadListQuery> = {}, signal?: AbortSignal) =>
    request('GET', '/api/leads', LeadList, { query, signal }),
  get: (id: string, signal?: AbortSignal) => request('GET', `/api/leads/${id}`, Lead, { signal }),
  create: (body: WithOptional<CreateLead, 'score'>) =>
    request('POST', '/api/leads', LeadResult, { body }),
  update: (id: string, body: PatchLead) =>
    request('PATCH', `/api/leads/${id}`, LeadResult, { body }),
  remove: (id: string) => request('DELETE', `/api/leads/${id}`, optionalAnswer),
  enrich: (id: string) => request('POST', `/api/leads/${id}/enrich`, LeadResult),
  filterOptions: (signal?: AbortSignal) =>
    request('GET', '/api/leads/filters/options', LeadFilterOptions, { signal }),
  crmActivities: (id: string, signal?: AbortSignal) =>
    request('GET', `/api/leads/${id}/crm-activities`, LeadCrmActivities, { signal }),
});
