import { z } from 'zod';
import { Id, oneOrMany, PageQuery, pageOf, Timestamp, TimestampInput } from './common.js';
import { LeadSummary } from './leads.js';
import { Outcome } from './settings.js';

export const CallState = z.enum(['QUEUED', 'DIALING', 'RINGING', 'IN_PROGRESS', 'COMPLETED']);
export const CrmState = z.enum(['PENDING', 'SYNCED', 'FAILED']);

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
    disposition: z.string().nullable(),
    notes: z.string().nullable().describe("The agent's, else what the outcome says."),
    reason: z.string().nullable().describe('More on why it ended so.'),
    round: z.number().int(),
    attempt: z.number().int(),
    winner: z.boolean(),
    provider: z.string(),
    provider_call_id: z.string().nullable(),
    placement: z.enum(['ASKED', 'ACCEPTED', 'UNKNOWN']).nullable(),
    cancel_reason: z
      .enum([
        'another_line_connected',
        'session_stopped',
        'agent_hung_up',
        'machine_answered',
        'not_placed',
      ])
      .nullable(),
    queued_at: Timestamp,
    dialed_at: Timestamp.nullable(),
    ringing_at: Timestamp.nullable(),
    answered_at: Timestamp.nullable(),
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

export const SetDisposition = z
  .object({
    disposition: z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .max(100)
      .describe('One of GET /api/dispositions, by label or code.'),
    notes: z.string().trim().max(5000).nullable().optional(),
    callback_at: TimestampInput.optional().describe(
      'For "Call Back": when; left out: in 24 hours.',
    ),
  })
  .meta({ id: 'SetDisposition' });
export type SetDisposition = z.infer<typeof SetDisposition>;
export const CallResult = z.object({ message: z.string(), call: Call }).meta({ id: 'CallResult' });
export type CallResult = z.infer<typeof CallResult>;

export const Disposition = z
  .object({
    code: z.string(),
    label: z.string(),
    effect: z.enum(['finish', 'callback', 'suppress', 'keep']),
  })
  .meta({ id: 'Disposition' });
export const DispositionList = z
  .object({ dispositions: z.array(Disposition) })
  .meta({ id: 'DispositionList' });
export type DispositionList = z.infer<typeof DispositionList>;

const historyFilters = {
  agent_id: Id.optional(),
  lead_id: Id.optional(),
  queue_id: Id.optional(),
  session_id: Id.optional(),
  outcome: oneOrMany(Outcome),
  disposition: z.string().max(100).optional(),
  crm_state: CrmState.optional(),
  from: TimestampInput.optional().describe('Ended at or after.'),
  to: TimestampInput.optional().describe('Ended before.'),
  q: z.string().trim().max(200).optional().describe("In the lead's name and number."),
};
export const HistoryQuery = PageQuery.extend(historyFilters);
export type HistoryQuery = z.infer<typeof HistoryQuery>;
export const HistoryExportQuery = z.object(historyFilters);
export const HistoryList = pageOf('calls', Call).meta({ id: 'HistoryList' });
export type HistoryList = z.infer<typeof HistoryList>;
