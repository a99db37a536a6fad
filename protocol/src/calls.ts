import { z } from 'zod';
import { Id, oneOrMany, PageQuery, pageOf, Timestamp, TimestampInput } from './common.js';
import { DispositionEffect } from './dispositions.js';
import { LeadSummary } from './leads.js';
import { Outcome } from './settings.js';

export const CallState = z.enum(['QUEUED', 'DIALING', 'RINGING', 'IN_PROGRESS', 'COMPLETED']);
export const CrmState = z.enum(['PENDING', 'SYNCED', 'FAILED', 'NOT_LOGGED']);

export const Call = z
  .object({
    id: Id,
    session_id: Id,
    agent_id: Id,
    agent_name: z.string(),
    queue_id: Id,
    queue_name: z.string(),
    lead_id: Id,
    lead: LeadSummary,
    phone_number: z.string(),
    state: CallState,
    outcome: Outcome.nullable().describe('Set when the call is COMPLETED.'),
    disposition: z
      .string()
      .nullable()
      .describe('What the agent said, else what the outcome means; as it was called then.'),
    disposition_code: z
      .string()
      .nullable()
      .describe('Of the disposition that the agent saved; null: none was saved.'),
    disposition_effect: DispositionEffect.nullable(),
    notes: z.string().nullable().describe("The agent's note, else the text for the outcome."),
    agent_note: z
      .object({
        text: z.string().nullable(),
        revision: z.number().int().describe('Number of changes; send it when you write.'),
        is_draft: z
          .boolean()
          .describe('The agent typed it after saving the disposition, or without one.'),
      })
      .describe("The agent's own note. A draft counts as the note everywhere."),
    reason: z.string().nullable().describe('Why the call ended with this outcome, in more detail.'),
    round: z.number().int(),
    attempt: z.number().int(),
    winner: z.boolean(),
    connection_id: z.string().describe('The connection that carried it.'),
    provider_call_id: z.string().nullable(),
    placement: z.enum(['ASKED', 'ACCEPTED', 'UNKNOWN']).nullable(),
    cancel_reason: z
      .enum([
        'another_line_connected',
        'session_stopped',
        'agent_hung_up',
        'machine_answered',
        'agent_absent',
        'not_placed',
      ])
      .nullable(),
    queued_at: Timestamp,
    dialed_at: Timestamp.nullable(),
    ringing_at: Timestamp.nullable(),
    answered_at: Timestamp.nullable(),
    agent_left_at: Timestamp.nullable().describe(
      'When the agent transferred the call. The call continues without the agent, and the history keeps it under the agent.',
    ),
    answered_by: z.enum(['PERSON', 'MACHINE']).nullable(),
    ended_at: Timestamp.nullable(),
    talk_seconds: z.number().int(),
    compliance: z.object({
      rule: z.enum(['inside_window', 'window_off']),
      decided_at: Timestamp,
      zones: z.array(z.string()),
      until: Timestamp.nullable(),
    }),
    crm_state: CrmState.nullable().describe('Set when the call is COMPLETED.'),
    crm_activity_id: z.string().nullable(),
    crm_error: z.string().nullable(),
  })
  .meta({ id: 'Call' });
export type Call = z.infer<typeof Call>;

/** The longest note, in characters. */
export const NOTE_MAX = 5000;

export const SaveNote = z
  .object({
    text: z.string().max(NOTE_MAX),
    revision: z.number().int().min(0).describe('The last `agent_note.revision` that you read.'),
  })
  .meta({ id: 'SaveNote' });
export type SaveNote = z.infer<typeof SaveNote>;

export const SetDisposition = z
  .object({
    disposition: z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .max(100)
      .describe('One of GET /api/dispositions of the call’s queue, by code or label.'),
    notes: z.string().trim().max(NOTE_MAX).nullable().optional(),
    note_revision: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe(
        '`agent_note.revision` as last seen. If another device wrote since, both texts are kept.',
      ),
    request_id: z
      .uuid()
      .optional()
      .describe('The caller generates it; a repeated request with the same id changes nothing.'),
    callback_at: TimestampInput.optional().describe(
      'The time of the callback. Left out: in 24 hours.',
    ),
  })
  .meta({ id: 'SetDisposition' });
export type SetDisposition = z.infer<typeof SetDisposition>;
export const CallResult = z.object({ message: z.string(), call: Call }).meta({ id: 'CallResult' });
export type CallResult = z.infer<typeof CallResult>;

const historyFilters = {
  agent_id: Id.optional(),
  lead_id: Id.optional(),
  queue_id: Id.optional(),
  session_id: Id.optional(),
  outcome: oneOrMany(Outcome),
  disposition: z.string().max(100).optional().describe('A label, as it was when it was saved.'),
  disposition_code: z.string().max(50).optional(),
  crm_state: CrmState.optional(),
  from: TimestampInput.optional().describe('Ended at or after; not after `to`.'),
  to: TimestampInput.optional().describe('Ended before.'),
  q: z.string().trim().max(200).optional().describe("In the lead's name and number."),
};
export const HistoryQuery = PageQuery.extend(historyFilters);
export type HistoryQuery = z.infer<typeof HistoryQuery>;
export const HistoryExportQuery = z.object(historyFilters);
export const HistoryList = pageOf('calls', Call).meta({ id: 'HistoryList' });
export type HistoryList = z.infer<typeof HistoryList>;
