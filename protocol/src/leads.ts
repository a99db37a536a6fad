import { z } from 'zod';
import { Id, oneOrMany, PageQuery, pageOf, Timestamp } from './common.js';

const text = (max: number) => z.string().trim().max(max);
const optionalText = (max: number) =>
  z.preprocess((v) => (typeof v === 'string' && v.trim() === '' ? null : v), text(max).nullable());

export const Enrichment = z
  .object({
    provider: z.string(),
    enriched_at: Timestamp,
    data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .meta({ id: 'Enrichment' });

export const LeadPhone = z
  .object({
    phone_number: z.string().describe('E.164.').meta({ example: '+12025550111' }),
    label: z.string().nullable().meta({ example: 'Mobile' }),
  })
  .meta({ id: 'LeadPhone' });
export type LeadPhone = z.infer<typeof LeadPhone>;

export const Lead = z
  .object({
    id: Id,
    name: z.string(),
    job_title: z.string().nullable(),
    phone_number: z.string().describe('E.164.').meta({ example: '+12025550110' }),
    further_phone_numbers: z
      .array(LeadPhone)
      .describe('In order of preference. Dialing goes to `phone_number`; contact rules cover all.'),
    company: z.string().nullable(),
    email: z.string().nullable(),
    headcount: z.string().nullable().meta({ example: '51-200' }),
    industry: z.string().nullable(),
    time_zone: z.string().nullable().describe('IANA name; null: derived from the number.'),
    score: z.number().int().describe('A lead with a higher score is called sooner.'),
    enrichment: Enrichment.nullable(),
    crm_external_id: z.string().nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Lead' });
export type Lead = z.infer<typeof Lead>;

export const LeadSummary = Lead.pick({
  id: true,
  name: true,
  job_title: true,
  phone_number: true,
  company: true,
  email: true,
  headcount: true,
  industry: true,
  crm_external_id: true,
}).meta({ id: 'LeadSummary' });
export type LeadSummary = z.infer<typeof LeadSummary>;

const leadFields = {
  name: text(200).min(1, 'must not be empty'),
  job_title: optionalText(200),
  phone_number: text(60)
    .min(1, 'must not be empty')
    .describe('International form, or national form when a default country is configured.'),
  further_phone_numbers: z
    .array(
      z.object({
        phone_number: text(60).min(1, 'must not be empty'),
        label: optionalText(40).optional(),
      }),
    )
    .max(20, 'are more than 20')
    .describe('Replaces all further numbers; same formats as `phone_number`.'),
  company: optionalText(200),
  email: z.preprocess(
    (v) => (typeof v === 'string' && v.trim() === '' ? null : v),
    z.email('is not an e-mail address').max(254).nullable(),
  ),
  headcount: z.preprocess((v) => (typeof v === 'number' ? String(v) : v), optionalText(40)),
  industry: optionalText(100),
  time_zone: optionalText(60),
  score: z.number().int().min(-1_000_000).max(1_000_000),
};

export const CreateLead = z
  .object({
    ...leadFields,
    job_title: leadFields.job_title.optional(),
    further_phone_numbers: leadFields.further_phone_numbers.optional(),
    company: leadFields.company.optional(),
    email: leadFields.email.optional(),
    headcount: leadFields.headcount.optional(),
    industry: leadFields.industry.optional(),
    time_zone: leadFields.time_zone.optional(),
    score: leadFields.score.default(0),
    queue_id: Id.optional().describe('Also put the lead into this queue.'),
  })
  .meta({ id: 'CreateLead' });
export type CreateLead = z.infer<typeof CreateLead>;

export const PatchLead = z.object(leadFields).partial().meta({ id: 'PatchLead' });
export type PatchLead = z.infer<typeof PatchLead>;

export const LEAD_SORTS = [
  'name',
  'company',
  'created_at',
  'updated_at',
  'score',
  'headcount',
] as const;
export const LeadListQuery = PageQuery.extend({
  industry: oneOrMany(z.string().max(100)),
  headcount: oneOrMany(z.string().max(40)),
  q: z
    .string()
    .trim()
    .max(200)
    .optional()
    .describe('In name, company, e-mail and digits of the number.'),
  sort: z
    .enum([...LEAD_SORTS, ...LEAD_SORTS.map((s) => `-${s}` as const)])
    .default('-created_at')
    .describe('A leading minus reverses the order.'),
});
export type LeadListQuery = z.infer<typeof LeadListQuery>;

export const LeadList = pageOf('leads', Lead).meta({ id: 'LeadList' });
export type LeadList = z.infer<typeof LeadList>;
export const LeadResult = z.object({ message: z.string(), lead: Lead }).meta({ id: 'LeadResult' });
export type LeadResult = z.infer<typeof LeadResult>;
export const LeadFilterOptions = z
  .object({ industries: z.array(z.string()), headcounts: z.array(z.string()) })
  .meta({ id: 'LeadFilterOptions' });
export type LeadFilterOptions = z.infer<typeof LeadFilterOptions>;
