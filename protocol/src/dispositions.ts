import { z } from 'zod';
import { Id } from './common.js';

export const DispositionEffect = z
  .enum(['keep', 'callback', 'ends_here', 'ends_everywhere', 'suppress_number', 'suppress_person'])
  .describe(
    'What it does beside being stored. keep: nothing; callback: the lead is due again at the promised time; ends_here: no more calls in this queue; ends_everywhere: no queue calls the person again; suppress_number: the number is never dialed again; suppress_person: no number of the person is dialed again. The last three hold in every queue.',
  )
  .meta({ id: 'DispositionEffect' });
export type DispositionEffect = z.infer<typeof DispositionEffect>;

export const DispositionColor = z
  .enum(['gray', 'green', 'teal', 'blue', 'violet', 'yellow', 'orange', 'red'])
  .meta({ id: 'DispositionColor' });
export type DispositionColor = z.infer<typeof DispositionColor>;

export const DispositionRetry = z
  .object({
    delay_seconds: z
      .number()
      .int()
      .min(60)
      .max(365 * 24 * 3600),
    tries: z
      .number()
      .int()
      .min(1)
      .max(50)
      .nullable()
      .describe('Calls to the lead in this queue, all outcomes together; null: without limit.'),
  })
  .describe('Instead of the outcome’s retry rule; only with the effect `keep`.')
  .meta({ id: 'DispositionRetry' });

export const Disposition = z
  .object({
    code: z
      .string()
      .max(50)
      .describe('Stable: stored with each call. Lower-case letters, digits and underscores.'),
    label: z.string().trim().min(1, 'must not be empty').max(60),
    effect: DispositionEffect,
    retry: DispositionRetry.nullable(),
    color: DispositionColor,
    key: z
      .string()
      .max(1)
      .nullable()
      .describe('The digit that saves it in the dialer; null: none.'),
  })
  .meta({ id: 'Disposition' });
export type Disposition = z.infer<typeof Disposition>;

export const DispositionScope = z.object({
  queue_id: Id.optional().describe(
    'The dispositions of this queue; left out: those of all queues.',
  ),
});

export const DispositionSet = z
  .object({
    version: z.number().int().describe('0: none was saved yet, the standard set counts.'),
    scope: z.enum(['all', 'queue']).describe('queue: the queue has dispositions of its own.'),
    dispositions: z.array(Disposition).describe('In the order in which agents are offered them.'),
  })
  .meta({ id: 'DispositionSet' });
export type DispositionSet = z.infer<typeof DispositionSet>;

export const PutDispositions = z
  .object({
    version: z
      .number()
      .int()
      .min(0)
      .describe('The version you read; 409 when there is a newer one.'),
    dispositions: z
      .array(Disposition)
      .min(1, 'needs at least one disposition')
      .max(30, 'has more than 30 dispositions')
      .nullable()
      .describe('null, with `queue_id`: the queue takes the dispositions of all queues again.'),
  })
  .meta({ id: 'PutDispositions' });
export type PutDispositions = z.infer<typeof PutDispositions>;
