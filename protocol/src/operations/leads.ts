import { ById } from '../common.js';
import { LeadCrmActivities } from '../crm.js';
import { Message } from '../health.js';
import {
  CreateLead,
  Lead,
  LeadFilterOptions,
  LeadList,
  LeadListQuery,
  LeadResult,
  PatchLead,
} from '../leads.js';
import { operation } from './define.js';

/** A CRM's contacts are our leads: the same operations exist under both words. */
const under = (word: 'lead' | 'contact') => {
  const Word = word === 'lead' ? 'Lead' : 'Contact';
  const base = `/api/${word}s` as const;
  const tag = `${word}s` as const;
  return {
    list: operation({
      id: `list${Word}s`,
      method: 'GET',
      path: base,
      tag,
      summary: 'Leads, filtered, searched and sorted',
      permission: ['leads.read'],
      query: LeadListQuery,
      answers: { 200: LeadList },
      errors: ['invalid_cursor'],
    }),
    create: operation({
      id: `create${Word}`,
      method: 'POST',
      path: base,
      tag,
      summary: 'Adds a lead',
      permission: ['leads.manage'],
      body: CreateLead,
      answers: { 201: LeadResult },
      errors: ['invalid_phone_number', 'duplicate_phone_number', 'not_found'],
    }),
    filterOptions: operation({
      id: `list${Word}FilterOptions`,
      method: 'GET',
      path: `${base}/filters/options`,
      tag,
      summary: 'The values to filter by',
      permission: ['leads.read'],
      answers: { 200: LeadFilterOptions },
    }),
    get: operation({
      id: `get${Word}`,
      method: 'GET',
      path: `${base}/:id`,
      tag,
      summary: 'One lead',
      permission: ['leads.read'],
      params: ById,
      answers: { 200: Lead },
      errors: ['not_found'],
    }),
    update: operation({
      id: `update${Word}`,
      method: 'PATCH',
      path: `${base}/:id`,
      tag,
      summary: 'Changes the given fields; null clears a field',
      permission: ['leads.edit'],
      params: ById,
      body: PatchLead,
      answers: { 200: LeadResult },
      errors: ['not_found', 'invalid_phone_number', 'duplicate_phone_number', 'not_recorded'],
    }),
    remove: operation({
      id: `delete${Word}`,
      method: 'DELETE',
      path: `${base}/:id`,
      tag,
      summary: 'Deletes a lead and its queue items; its calls stay in the history',
      permission: ['leads.manage'],
      params: ById,
      answers: { 200: Message },
      errors: ['not_found', 'lead_on_call'],
    }),
    allowContact: operation({
      id: `allow${Word}Contact`,
      method: 'POST',
      path: `${base}/:id/allow-contact`,
      tag,
      summary: 'Allows calls again to a person who wanted no more calls',
      description:
        'The queue items of the person become pending again. Numbers on the suppression list stay there: remove them separately.',
      permission: ['leads.manage'],
      params: ById,
      answers: { 200: LeadResult },
      errors: ['not_found', 'not_recorded'],
    }),
    enrich: operation({
      id: `enrich${Word}`,
      method: 'POST',
      path: `${base}/:id/enrich`,
      tag,
      summary: 'Enriches a lead from the enrichment provider',
      permission: ['leads.manage'],
      params: ById,
      answers: { 200: LeadResult },
      errors: ['not_found', 'enrichment_unavailable'],
    }),
    crmActivities: operation({
      id: `list${Word}CrmActivities`,
      method: 'GET',
      path: `${base}/:id/crm-activities`,
      tag,
      summary: "The lead's activities in the CRM",
      permission: ['leads.read'],
      params: ById,
      answers: { 200: LeadCrmActivities },
      errors: ['not_found'],
    }),
  };
};

export const leads = under('lead');
export const contacts = under('contact');
