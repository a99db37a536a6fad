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
      .describe('After so many calls with this outcome the lead is exhausted; null: never.'),
  })
  .meta({ id: 'RetryRule' });

/** Outcomes left out finish the lead. */
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
      .describe('null: with providers that reach real phones always, on the simulator not.'),
  })
  .refine((w) => w.start < w.end, 'must start before it ends')
  .meta({ id: 'CallingWindow' });

export const DialingSettings = z
  .object({
    delay_seconds: z.number().int().min(0).max(600),
    wrap_up_seconds: z.number().int().min(0).max(3600),
    patience_seconds: z.number().int().min(0).max(86_400),
    pause_when_away_seconds: z
      .number()
      .int()
      .min(0)
      .max(86_400)
      .refine((seconds) => seconds === 0 || seconds >= 60, 'must be 0 or at least a minute')
      .describe(
        'A session pauses once its agent, who was seen at a live screen, has been gone for so long; 0: never.',
      ),
    ring_seconds: z.number().int().min(5).max(120),
    retry_rules: RetryRules,
    calling_window: CallingWindow,
  })
  .meta({ id: 'DialingSettings' });

/** What a queue decides for itself. */
export const QueueSettings = DialingSettings.partial().meta({ id: 'QueueSettings' });
export type QueueSettings = z.infer<typeof QueueSettings>;

const Range = z
  .object({ min: z.number().min(0).max(86_400), max: z.number().min(0).max(86_400) })
  .refine((r) => r.min <= r.max, 'min must not be above max');

export const SystemSettings = z
  .object({
    dialing: DialingSettings.extend({
      lines: z.number().int().min(1).max(10).describe('Lines of a session that does not say.'),
      after_connect: AfterConnect.describe('Likewise.'),
    }),
    imports: z.object({
      default_country: z
        .string()
        .regex(/^[A-Z]{2}$/, 'is not a two-letter country code')
        .nullable(),
    }),
    simulator: z.object({
      profile: z.enum(['even', 'realistic']),
      weights: z.object({
        CONNECTED: z.number().min(0),
        NO_ANSWER: z.number().min(0),
        BUSY: z.number().min(0),
        VOICEMAIL: z.number().min(0),
      }),
      decide_seconds: Range,
      talk_seconds: Range,
    }),
    retention: z.object({
      // A repeated event is known by its stored row: a day is twice as long as the longest that a provider sends one again (Aircall: 12 h).
      provider_events_days: z.number().int().min(1).max(3650),
      imports_days: z.number().int().min(1).max(3650),
      history_days: z.number().int().min(1).max(3650).nullable().describe('null: kept for ever.'),
    }),
  })
  .meta({ id: 'SystemSettings' });
export type SystemSettings = z.infer<typeof SystemSettings>;

export const Config = z
  .object({ version: z.number().int(), updated_at: Timestamp.nullable(), settings: SystemSettings })
  .meta({ id: 'Config' });
export type Config = z.infer<typeof Config>;

export const PutConfig = z
  .object({
    version: z.number().int().describe('The version you read; 409 when there is a newer one.'),
    settings: SystemSettings,
  })
  .meta({ id: 'PutConfig' });
