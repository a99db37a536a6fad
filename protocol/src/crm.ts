import { z } from 'zod';
import { Id, PageQuery, pageOf, Timestamp } from './common.js';
import { Outcome } from './settings.js';

export const CrmContact = z
  .object({
    external_id: z.string().meta({ example: 'CRM-7F3A9C21' }),
    lead_id: Id,
    name: z.string(),
    phone_number: z.string(),
    email: z.string().nullable(),
    company: z.string().nullable(),
    job_title: z.string().nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'CrmContact' });
export const CrmActivity = z
  .object({
    id: z.string().meta({ example: 'MOCK-0B61D9EE' }),
    call_id: Id.describe('One activity per call.'),
    lead_id: Id,
    contact_external_id: z.string(),
    type: z.literal('CALL'),
    outcome: Outcome,
    disposition: z.string(),
    notes: z.string(),
    agent_name: z.string(),
    started_at: Timestamp,
    ended_at: Timestamp,
    talk_seconds: z.number().int(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'CrmActivity' });
export type CrmActivity = z.infer<typeof CrmActivity>;
export const CrmContactList = pageOf('contacts', CrmContact).meta({ id: 'CrmContactList' });
export type CrmContactList = z.infer<typeof CrmContactList>;
export const CrmActivityList = pageOf('activities', CrmActivity).meta({ id: 'CrmActivityList' });
export type CrmActivityList = z.infer<typeof CrmActivityList>;
export const CrmContactQuery = PageQuery.extend({ q: z.string().max(200).optional() });
export const CrmActivityQuery = PageQuery.extend({
  lead_id: Id.optional(),
  call_id: Id.optional(),
});

export const LeadCrmActivities = z
  .object({
    lead_id: Id,
    lead_name: z.string(),
    crm_external_id: z.string().nullable(),
    activities: z.array(CrmActivity),
    total: z.number().int(),
  })
  .meta({ id: 'LeadCrmActivities' });
export type LeadCrmActivities = z.infer<typeof LeadCrmActivities>;

/** Faults on demand, to show that a broken CRM does not affect dialing. */
export const CrmFaults = z
  .object({
    down: z.boolean().default(false),
    fail_rate: z.number().min(0).max(1).default(0),
    lose_answer_rate: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('The CRM stores it, but the response is lost.'),
  })
  .meta({ id: 'CrmFaults' });
export type CrmFaults = z.infer<typeof CrmFaults>;

/** Repeats the sync of the named calls, else of every call that is not SYNCED. */
export const SyncCrm = z
  .object({ call_ids: z.array(Id).max(10_000).optional() })
  .meta({ id: 'SyncCrm' });
export const SyncCrmResult = z
  .object({ message: z.string(), calls: z.number().int() })
  .meta({ id: 'SyncCrmResult' });
export type SyncCrmResult = z.infer<typeof SyncCrmResult>;
