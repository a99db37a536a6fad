import { z } from 'zod';
import { Id, PageQuery, pageOf, Timestamp, TimestampInput } from './common.js';
import { LeadSummary } from './leads.js';
import { Outcome, QueueSettings } from './settings.js';

export const QueueItemState = z.enum(['PENDING', 'CLAIMED', 'DONE', 'EXHAUSTED', 'SUPPRESSED']);

export const Queue = z
  .object({
    id: Id,
    name: z.string(),
    restricted: z
      .boolean()
      .describe('Worked, and its leads seen, only by the agents of `GET /api/queues/{id}/agents`.'),
    settings: QueueSettings,
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
      'When the next pending lead becomes due; null when one is, or none will.',
    ),
    created_at: Timestamp,
    archived_at: Timestamp.nullable().describe('When it was deleted; null: it is on the lists.'),
  })
  .meta({ id: 'Queue' });
export type Queue = z.infer<typeof Queue>;

export const CreateQueue = z
  .object({
    name: z.string().trim().min(1, 'must not be empty').max(100),
    settings: QueueSettings.default({}),
    lead_ids: z.array(Id).max(10_000).optional(),
  })
  .meta({ id: 'CreateQueue' });
export const PatchQueue = z
  .object({ name: z.string().trim().min(1).max(100), settings: QueueSettings })
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

export const QueueAgents = z
  .object({
    restricted: z.boolean().describe('false: every agent may work it, whomever `agent_ids` names.'),
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
  stopped_session_ids: z.array(Id).describe('Of agents who may not work it any more.'),
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
    callback: z.boolean().describe('The lead asked to be called at due_at.'),
    attempts: z.number().int(),
    last_outcome: Outcome.nullable(),
    held_reason: z.string().nullable().describe('Why it is not due earlier.'),
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
      .describe('Also bring back leads of this queue that are done or exhausted.'),
  })
  .meta({ id: 'AddToQueue' });
export const AddedToQueue = z
  .object({
    message: z.string(),
    added: z.number().int(),
    already_there: z.number().int(),
    suppressed: z.number().int(),
    items: z.array(QueueItem).describe('The first 200.'),
  })
  .meta({ id: 'AddedToQueue' });
export type AddedToQueue = z.infer<typeof AddedToQueue>;
export const PatchQueueItem = z
  .object({
    priority: z.number().int().min(-1000).max(1000),
    due_at: TimestampInput,
    state: z.literal('PENDING').describe('Brings a done or exhausted lead back.'),
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
    phone_numbers: z.array(z.string().max(60)).min(1).max(10_000),
    reason: z.string().trim().min(1).max(500).default('Asked not to be called'),
  })
  .meta({ id: 'AddSuppressions' });
export const AddedSuppressions = z
  .object({ message: z.string(), added: z.number().int(), already_there: z.number().int() })
  .meta({ id: 'AddedSuppressions' });
export type AddedSuppressions = z.infer<typeof AddedSuppressions>;
export const SuppressionParams = z.object({ phone_number: z.string().max(60) });
