import { z } from 'zod';
import { Timestamp } from './common.js';

export const OUTCOMES = [
  'CONNECTED',
  'NO_ANSWER',
  'BUSY',
  'VOICEMAIL',
  'CANCELED_BY_DIALER',
  'ABANDONED',
  'FAILED',
] as const;
export const Outcome = z.enum(OUTCOMES).meta({ id: 'Outcome' });
export type Outcome = z.infer<typeof Outcome>;

export const AfterConnect = z.enum(['continue', 'stop']);

export const RetryRule = z
  .object({
    delay_seconds: z
      .number()
      .int()
      .min(0)
      .max(90 * 86_400),
    tries: z
      .number()
      .int()
      .min(1)
      .max(50)
      .nullable()
      .describe(
        'The number of calls with this outcome after which the lead is exhausted; null: no limit.',
      ),
  })
  .refine(
    (rule) => rule.delay_seconds >= (rule.tries === null ? 60 : 1),
    'must wait before the next call: at least 60 seconds without a limit of tries, at least 1 second with one',
  )
  .meta({ id: 'RetryRule' });

/** A lead is done after an outcome that has no rule. */
export const RetryRules = z.partialRecord(Outcome, RetryRule).meta({ id: 'RetryRules' });

const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'is not a time such as 08:00');
export const CallingWindow = z
  .object({
    start: TimeOfDay.describe('Local time where the lead is.'),
    end: TimeOfDay,
    enforce: z
      .boolean()
      .nullable()
      .describe('null: enforced with providers that reach real phones, not in practice calls.'),
  })
  .refine((w) => w.start < w.end, 'must start before it ends')
  .meta({ id: 'CallingWindow', description: 'start is before end, both on the same day.' });

export const ContactLimits = z
  .object({
    gap_seconds: z
      .number()
      .int()
      .min(1)
      .max(7 * 86_400)
      .describe('From the end of a call to a number until its next call, over all queues.'),
    calls_per_day: z
      .number()
      .int()
      .min(1)
      .max(50)
      .describe(
        'Calls to a number in one calendar day at the person’s place, over all queues. Cancelled calls count; promised callbacks do not.',
      ),
    enforce: z
      .boolean()
      .nullable()
      .describe('null: enforced with providers that reach real phones, not in practice calls.'),
  })
  .meta({ id: 'ContactLimits' });

export const DialingSettings = z
  .object({
    delay_seconds: z
      .number()
      .int()
      .min(0)
      .max(600)
      .meta({ title: 'Delay between rounds', description: 'Pause between two rounds of calls.' }),
    wrap_up_seconds: z.number().int().min(0).max(3600).meta({
      title: 'Wrap-up',
      description:
        'For the disposition and notes after each conversation; Dial next ends it earlier.',
    }),
    patience_seconds: z.number().int().min(0).max(86_400).meta({
      title: 'Wait for due leads',
      description: 'How long a session waits for a lead to become due.',
    }),
    pause_when_away_seconds: z
      .number()
      .int()
      .min(0)
      .max(86_400)
      .refine((seconds) => seconds === 0 || seconds >= 60, 'must be 0 or at least a minute')
      .meta({
        title: 'Pause when away',
        description:
          'Where only a live page shows that the agent is present: how long the session places calls after the last live page has closed, before it pauses. A call that a person answers in this time is ABANDONED. 0: the session runs unattended.',
      }),
    ring_seconds: z.number().int().min(5).max(120).meta({
      title: 'Ring limit',
      description: 'How long a phone rings before it counts as no answer.',
    }),
    retry_rules: RetryRules,
    calling_window: CallingWindow,
    contact_limits: ContactLimits,
  })
  .meta({ id: 'DialingSettings' });

/** The settings that a queue overrides. */
export const QueueSettings = DialingSettings.partial().meta({ id: 'QueueSettings' });
export type QueueSettings = z.infer<typeof QueueSettings>;

export const CrmRecord = z
  .object({
    disposition: z.string().trim().min(1, 'must not be empty').max(100),
    note: z.string().trim().max(500),
    logged: z
      .boolean()
      .describe(
        'false: such calls get no activity, unless the agent saved a disposition or a note.',
      ),
  })
  .meta({ id: 'CrmRecord' });
export const CrmRecords = z
  .object(
    // An object, as the API document of a record with required keys names keys that it does not describe.
    Object.fromEntries(OUTCOMES.map((outcome) => [outcome, CrmRecord])) as Record<
      Outcome,
      typeof CrmRecord
    >,
  )
  .describe(
    'By outcome: what is written into the CRM for a call without an agent’s disposition or note.',
  )
  .meta({ id: 'CrmRecords' });
export type CrmRecords = z.infer<typeof CrmRecords>;

export const SystemSettings = z
  .object({
    dialing: DialingSettings.extend({
      lines: z.number().int().min(1).max(10).meta({
        title: 'Lines',
        description: 'The default for a session that does not specify it.',
      }),
      after_connect: AfterConnect.meta({
        title: 'After a conversation',
        description: 'The default for a session that does not specify it.',
        'x-enum-titles': ['Continue to next lead', 'Stop session'],
      }),
    }),
    imports: z.object({
      default_country: z
        .string()
        .regex(/^[A-Z]{2}$/, 'is not a two-letter country code')
        .nullable()
        .meta({
          title: 'Default country',
          description: 'Two letters, such as DE: the country of numbers without a country code.',
          'x-uppercase': true,
        }),
      allowed_countries: z
        .array(
          z
            .string()
            .regex(/^[A-Z]{2}$/, 'is not a two-letter country code')
            .meta({ 'x-uppercase': true }),
        )
        .max(250)
        .default([])
        .meta({
          title: 'Allowed countries',
          description: 'Leads may only have numbers of these countries; empty: of any country.',
        }),
    }),
    crm: z.object({ records: CrmRecords }),
    retention: z.object({
      // A stored row identifies a repeated event. Providers repeat an event for at most 12 h, so a day is enough.
      provider_events_days: z
        .number()
        .int()
        .min(1)
        .max(3650)
        .meta({ title: 'Provider events', 'x-unit': 'days' }),
      imports_days: z
        .number()
        .int()
        .min(1)
        .max(3650)
        .meta({ title: 'Finished imports', 'x-unit': 'days' }),
      history_days: z.number().int().min(1).max(3650).nullable().meta({
        title: 'History',
        description: 'Empty (null): kept without limit.',
        'x-unit': 'days',
        'x-empty': 'Kept without limit',
      }),
    }),
  })
  .meta({ id: 'SystemSettings' });
export type SystemSettings = z.infer<typeof SystemSettings>;

export const Config = z
  .object({
    version: z.number().int(),
    updated_at: Timestamp.nullable(),
    settings: SystemSettings,
    crm_record_presets: z
      .array(z.object({ code: z.enum(['standard', 'truthful']), records: CrmRecords }))
      .describe('Ready-made sets of records.'),
  })
  .meta({ id: 'Config' });
export type Config = z.infer<typeof Config>;

export const PutConfig = z
  .object({
    version: z.number().int().describe('The version that you read; 409 if a newer one exists.'),
    settings: SystemSettings,
  })
  .meta({ id: 'PutConfig' });
