import type { Lead } from '@outdial/core';

/** As much of a lead as a list of calls or queue items shows. */
export type LeadSummary = Pick<
  Lead,
  | 'id'
  | 'name'
  | 'jobTitle'
  | 'phone'
  | 'company'
  | 'email'
  | 'headcount'
  | 'industry'
  | 'crmExternalId'
>;
