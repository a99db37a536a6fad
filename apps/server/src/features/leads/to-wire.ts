import type { Lead } from '@outdial/core';
import type { LeadPhone, LeadSorting, LeadSummary } from '@outdial/postgres';
import type * as wire from '@outdial/protocol';
import { iso } from '../../operations/to-time.js';

export const toWireLead = (lead: Lead, furtherPhones: readonly LeadPhone[]): wire.Lead => ({
  id: lead.id,
  name: lead.name,
  job_title: lead.jobTitle,
  phone_number: lead.phone,
  further_phone_numbers: furtherPhones.map(({ phone, label }) => ({ phone_number: phone, label })),
  company: lead.company,
  email: lead.email,
  headcount: lead.headcount,
  industry: lead.industry,
  time_zone: lead.timeZone,
  score: lead.score,
  enrichment: lead.enrichment && {
    provider: lead.enrichment.provider,
    enriched_at: iso(lead.enrichment.enrichedAt),
    data: lead.enrichment.data,
  },
  crm_external_id: lead.crmExternalId,
  created_at: iso(lead.createdAt),
  updated_at: iso(lead.updatedAt),
});

export const toWireLeadSummary = (lead: LeadSummary): wire.LeadSummary => ({
  id: lead.id,
  name: lead.name,
  job_title: lead.jobTitle,
  phone_number: lead.phone,
  company: lead.company,
  email: lead.email,
  headcount: lead.headcount,
  industry: lead.industry,
  crm_external_id: lead.crmExternalId,
});

const SORTS = {
  name: 'name',
  company: 'company',
  created_at: 'createdAt',
  updated_at: 'updatedAt',
  score: 'score',
  headcount: 'headcount',
} as const;

/** "-created_at" is the newest first. */
export function fromWireSort(sort: wire.LeadListQuery['sort']): LeadSorting {
  const descending = sort.startsWith('-');
  const field = (descending ? sort.slice(1) : sort) as keyof typeof SORTS;
  return { by: SORTS[field], descending };
}
