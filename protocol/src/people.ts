import { z } from 'zod';
import { Id, Timestamp } from './common.js';

const one = {
  phone_number: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(60)
    .optional()
    .describe('International form, or national form when a default country is configured.'),
  email: z.email('is not an e-mail address').max(254).optional(),
  lead_id: Id.optional(),
};
const exactlyOne = (given: { phone_number?: unknown; email?: unknown; lead_id?: unknown }) =>
  [given.phone_number, given.email, given.lead_id].filter((each) => each !== undefined).length ===
  1;
const WHICH = 'exactly one of phone_number, email and lead_id says who';

const ONE_OF_THREE = 'Exactly one of phone_number, email and lead_id.';

export const ExportPerson = z
  .object(one)
  .refine(exactlyOne, WHICH)
  .meta({ id: 'ExportPerson', description: ONE_OF_THREE });
export type ExportPerson = z.infer<typeof ExportPerson>;

/** GDPR, Art. 17(1). Of a list, as free text would name the person again. */
export const ERASE_REASONS = {
  person_asked: 'The person objected or asked for it',
  consent_withdrawn: 'The person withdrew their consent',
  no_longer_needed: 'The data are not needed any more',
  unlawful: 'The data should not have been processed',
  legal_obligation: 'The law demands it',
} as const;
export type EraseReason = keyof typeof ERASE_REASONS;
export const EraseReason = z
  .enum(Object.keys(ERASE_REASONS) as [EraseReason, ...EraseReason[]])
  .meta({ id: 'EraseReason' });

export const ErasePerson = z
  .object({ ...one, reason: EraseReason })
  .refine(exactlyOne, WHICH)
  .meta({ id: 'ErasePerson', description: ONE_OF_THREE });
export type ErasePerson = z.infer<typeof ErasePerson>;

const Rows = z.array(z.record(z.string(), z.unknown()));

/** Everything about one person, as it is stored. */
export const PersonExport = z
  .object({
    exported_at: Timestamp,
    found_by: z.object({
      phone_number: z.string().optional(),
      email: z.string().optional(),
      lead_id: z.string().optional(),
    }),
    phone_numbers: z.array(z.string()),
    emails: z.array(z.string()),
    leads: Rows,
    queue_items: Rows,
    calls: Rows,
    crm_contacts: Rows,
    crm_activities: Rows,
    provider_events: Rows,
    campaign_numbers: Rows,
    suppressions: Rows,
    contact_stops: Rows,
    outside_calls: Rows,
    import_errors: Rows,
    audit_entries: Rows,
    cut: z
      .array(z.string())
      .describe('Lists that are too long for one response and hold only the newest rows.'),
  })
  .meta({ id: 'PersonExport' });
export type PersonExport = z.infer<typeof PersonExport>;

export const PersonErased = z
  .object({
    message: z.string(),
    erased: z.object({
      leads: z.number().int(),
      queue_items: z.number().int(),
      callbacks: z.number().int().describe('Promised callbacks that were erased too.'),
      calls: z.number().int(),
      provider_events: z.number().int(),
      crm_records: z.number().int(),
      imports: z.number().int(),
    }),
  })
  .meta({ id: 'PersonErased' });
export type PersonErased = z.infer<typeof PersonErased>;
