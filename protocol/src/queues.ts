import { z } from 'zod';
import { Id, PageQuery, pageOf, Timestamp, TimestampInput } from './common.js';
import { ConnectionId } from './connections.js';
import { formWithFile } from './form-with-file.js';
import { FileEncoding, ReadingOptions } from './imports.js';
import { LeadSummary } from './leads.js';
import { Outcome, QueueSettings } from './settings.js';

export const QueueItemState = z.enum(['PENDING', 'CLAIMED', 'DONE', 'EXHAUSTED', 'SUPPRESSED']);

export const Queue = z
  .object({
    id: Id,
    name: z.string(),
    restricted: z
      .boolean()
      .describe(
        'True: only the agents of `GET /api/queues/{id}/agents` work the queue and see its leads.',
      ),
    settings: QueueSettings,
    connection_id: ConnectionId.nullable().describe(
      'Where its sessions go; null: the agent’s connection, else the default.',
    ),
    counts: z.object({
      total: z.number().int(),
      callable: z.number().int().describe('Pending and due now.'),
      pending: z.number().int(),
      claimed: z.number().int(),
      done: z.number().int(),
      exhausted: z.number().int(),
      suppressed: z.number().int(),
    }),
    next_due_at: Timestamp.nullable().describe(
      'When the next pending lead becomes due; null: one is due now, or none is pending.',
    ),
    created_at: Timestamp,
    archived_at: Timestamp.nullable().describe('When it was deleted; null: not deleted.'),
  })
  .meta({ id: 'Queue' });
export type Queue = z.infer<typeof Queue>;

export const CreateQueue = z
  .object({
    name: z.string().trim().min(1, 'must not be empty').max(100),
    settings: QueueSettings.default({}),
    connection_id: ConnectionId.nullable().default(null),
    lead_ids: z.array(Id).max(10_000).optional(),
  })
  .meta({ id: 'CreateQueue' });
export const PatchQueue = z
  .object({
    name: z.string().trim().min(1).max(100),
    settings: QueueSettings,
    connection_id: ConnectionId.nullable(),
  })
  .partial()
  .meta({ id: 'PatchQueue' });
export const QueueList = pageOf('queues', Queue).meta({ id: 'QueueList' });
export type QueueList = z.infer<typeof QueueList>;
export const QueueListQuery = PageQuery.extend({
  q: z.string().trim().max(200).optional().describe('In the name.'),
});
export const QueueResult = z
  .object({ message: z.string(), queue: Queue })
  .meta({ id: 'QueueResult' });
export type QueueResult = z.infer<typeof QueueResult>;

export const DeleteQueueQuery = z
  .object({
    callbacks: z
      .enum(['move', 'drop'])
      .optional()
      .describe(
        'What to do with the callbacks promised in this queue; required when there are any. move: they keep their time in the queue `move_to`.',
      ),
    move_to: Id.optional().describe('The queue that receives the promised callbacks.'),
  })
  .refine((query) => (query.callbacks === 'move') === (query.move_to !== undefined), {
    path: ['move_to'],
    message: 'goes together with "callbacks=move"',
  });
export const RemoveFromQueueQuery = z.object({
  callbacks: z
    .literal('drop')
    .optional()
    .describe('Required to remove a lead that has a promised callback.'),
});

export const QueueAgents = z
  .object({
    restricted: z
      .boolean()
      .describe('false: every agent may work the queue, and `agent_ids` has no effect.'),
    agent_ids: z.array(Id),
  })
  .meta({ id: 'QueueAgents' });
export type QueueAgents = z.infer<typeof QueueAgents>;
export const SetQueueAgents = z
  .object({ restricted: z.boolean(), agent_ids: z.array(Id).max(1000).default([]) })
  .meta({ id: 'SetQueueAgents' });
export type SetQueueAgents = z.infer<typeof SetQueueAgents>;
export const QueueAgentsResult = QueueAgents.extend({
  message: z.string(),
  stopped_session_ids: z.array(Id).describe('Sessions of agents who may no longer work the queue.'),
}).meta({ id: 'QueueAgentsResult' });
export type QueueAgentsResult = z.infer<typeof QueueAgentsResult>;

export const QueueItem = z
  .object({
    id: Id,
    queue_id: Id,
    lead_id: Id,
    lead: LeadSummary,
    state: QueueItemState,
    priority: z.number().int(),
    due_at: Timestamp,
    callback: z.boolean().describe('The lead asked for a call at due_at.'),
    attempts: z.number().int(),
    last_outcome: Outcome.nullable(),
    held_reason: z.string().nullable().describe('Why the item is deferred.'),
    created_at: Timestamp,
  })
  .meta({ id: 'QueueItem' });
export type QueueItem = z.infer<typeof QueueItem>;

export const QueueItemListQuery = PageQuery.extend({
  queue_id: Id.optional(),
  lead_id: Id.optional(),
  state: QueueItemState.optional(),
});
export const QueueItemList = pageOf('items', QueueItem).meta({ id: 'QueueItemList' });
export type QueueItemList = z.infer<typeof QueueItemList>;

export const AddToQueue = z
  .object({
    queue_id: Id,
    lead_ids: z.array(Id).min(1, 'names no lead').max(10_000),
    priority: z.number().int().min(-1000).max(1000).default(0),
    due_at: TimestampInput.optional().describe('Left out: now.'),
    requeue: z
      .boolean()
      .default(false)
      .describe('Also makes leads of this queue that are done or exhausted pending again.'),
  })
  .meta({ id: 'AddToQueue' });
export const AddedToQueue = z
  .object({
    message: z.string(),
    added: z.number().int(),
    already_there: z.number().int(),
    suppressed: z.number().int(),
    contact_ended: z
      .number()
      .int()
      .describe('Added, but never dialed: the person said on a call that they want no more calls.'),
    items: z.array(QueueItem).describe('The first 200.'),
  })
  .meta({ id: 'AddedToQueue' });
export type AddedToQueue = z.infer<typeof AddedToQueue>;
export const PatchQueueItem = z
  .object({
    priority: z.number().int().min(-1000).max(1000),
    due_at: TimestampInput,
    state: z.literal('PENDING').describe('Makes a done or exhausted lead pending again.'),
  })
  .partial()
  .meta({ id: 'PatchQueueItem' });
export const QueueItemResult = z
  .object({ message: z.string(), item: QueueItem })
  .meta({ id: 'QueueItemResult' });
export type QueueItemResult = z.infer<typeof QueueItemResult>;

export const Suppression = z
  .object({
    phone_number: z.string(),
    reason: z.string(),
    source: z.enum(['agent', 'person', 'import']),
    created_at: Timestamp,
  })
  .meta({ id: 'Suppression' });
export type Suppression = z.infer<typeof Suppression>;
export const SuppressionListQuery = PageQuery.extend({
  q: z.string().trim().max(200).optional().describe("In the number's digits or the reason."),
});
export const SuppressionList = pageOf('suppressions', Suppression).meta({ id: 'SuppressionList' });
export type SuppressionList = z.infer<typeof SuppressionList>;
export const AddSuppressions = z
  .object({
    phone_numbers: z
      .array(z.string().max(1_000))
      .min(1)
      .max(10_000)
      .describe('Readable numbers are stored; the response names the others.'),
    reason: z.string().trim().min(1).max(500).default('Asked not to be called'),
  })
  .meta({ id: 'AddSuppressions' });
export const AddedSuppressions = z
  .object({
    message: z.string(),
    added: z.number().int(),
    already_there: z.number().int(),
    refused: z
      .array(z.object({ index: z.number().int(), reason: z.string() }))
      .describe(
        'Numbers that could not be read and are NOT on the list: the index in `phone_numbers`, from 0, and the reason.',
      ),
  })
  .meta({ id: 'AddedSuppressions' });
export type AddedSuppressions = z.infer<typeof AddedSuppressions>;

/** A do-not-call list as a file: CSV or plain text, one number a line or in columns. */
export const ImportSuppressionsOptions = z.object({
  ...ReadingOptions.shape,
  reason: z.string().trim().min(1).max(500).default('On an imported do-not-call list'),
  default_country: z
    .string()
    .regex(/^[A-Za-z]{2}$/, 'is not a two-letter country code')
    .optional()
    .describe('ISO 3166 code for numbers in national form; left out: the setting.'),
  preview: z
    .stringbool()
    .or(z.boolean())
    .default(false)
    .describe('Stores nothing; returns what would be stored.'),
});
export type ImportSuppressionsOptions = z.infer<typeof ImportSuppressionsOptions>;
export const ImportSuppressionsJsonBody = ImportSuppressionsOptions.extend({
  csv: z.string().min(1, 'is empty').describe('The file as text.'),
  file_name: z.string().max(255).default('do-not-call.csv'),
}).meta({ id: 'ImportSuppressionsRequest' });
export const ImportSuppressionsForm = formWithFile(
  ImportSuppressionsOptions,
  'do-not-call.csv',
).meta({ id: 'ImportSuppressionsForm' });
export const ImportedSuppressions = z
  .object({
    message: z.string(),
    preview: z.boolean(),
    rows: z.number().int(),
    numbers: z.number().int().describe('Distinct readable numbers.'),
    added: z.number().int().describe('0 with `preview`.'),
    already_there: z.number().int().describe('0 with `preview`.'),
    left_out: z.number().int().describe('Rows whose do-not-call column says no.'),
    columns: z.array(z.string()),
    phone_columns: z.array(z.string()).describe('The columns with the numbers.'),
    encoding: FileEncoding,
    heading_line: z.number().int().describe('0: the file has none.'),
    refused_total: z.number().int(),
    refused: z
      .array(z.object({ line: z.number().int(), cells: z.array(z.string()), reason: z.string() }))
      .describe('Lines that are NOT on the list, with the reason; the first 10,000.'),
  })
  .meta({ id: 'ImportedSuppressions' });
export type ImportedSuppressions = z.infer<typeof ImportedSuppressions>;
export const RemoveSuppressions = z
  .object({ phone_numbers: z.array(z.string().max(60)).min(1).max(1000) })
  .meta({ id: 'RemoveSuppressions' });
export const RemovedSuppressions = z
  .object({
    message: z.string(),
    removed: z.number().int(),
    not_on_list: z.number().int(),
  })
  .meta({ id: 'RemovedSuppressions' });
export type RemovedSuppressions = z.infer<typeof RemovedSuppressions>;
export const SuppressionParams = z.object({ phone_number: z.string().max(60) });
