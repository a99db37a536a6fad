import {
  type AnsweredBy,
  agentNoteOf,
  type CallState,
  type CancelReason,
  type ComplianceClearance,
  type CrmSync,
  type DispositionEffect,
  meaningOf,
  noteOf,
  type Outcome,
  type Placement,
} from '@outdial/core';
import type { Kysely, Selectable, SelectQueryBuilder } from 'kysely';
import type { CallsTable, Database } from '../engine/database.js';
import type { LeadSummary } from '../leads/lead-summary.js';
import { clearanceFromStored } from './map-rows.js';
import { currentReason } from './renamed-codes.js';

/** One call with everything a screen says about it, live or history. */
export interface CallView {
  readonly id: string;
  readonly sessionId: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly queueId: string;
  readonly queueName: string;
  readonly queueItemId: string;
  readonly leadId: string;
  /** As the lead is now; of a deleted lead what the call remembers, its name and number. */
  readonly lead: LeadSummary;
  readonly leadDeleted: boolean;
  /** As it was dialed. */
  readonly phone: string;
  readonly round: number;
  readonly attempt: number;
  readonly provider: string;
  readonly providerCallId: string | null;
  readonly state: CallState;
  readonly placement: Placement | null;
  readonly clearance: ComplianceClearance;
  readonly queuedAt: Date;
  readonly dialedAt: Date | null;
  readonly ringingAt: Date | null;
  readonly answeredAt: Date | null;
  readonly answeredBy: AnsweredBy | null;
  readonly endedAt: Date | null;
  readonly winner: boolean;
  readonly agentLeftAt: Date | null;
  readonly cancelReason: CancelReason | null;
  readonly outcome: Outcome | null;
  /** More on why it ended so. */
  readonly reason: string | null;
  readonly talkSeconds: number;
  /** The agent's, else (once COMPLETED) the outcome's. */
  readonly disposition: string | null;
  /** Of the agent's disposition; null: the agent saved none. */
  readonly dispositionCode: string | null;
  readonly dispositionEffect: DispositionEffect | null;
  /** The notes that were saved with the disposition. */
  readonly notes: string | null;
  /** What the agent wrote, saved or not, and how often it changed. */
  readonly agentNote: {
    readonly text: string | null;
    readonly revision: number;
    readonly isDraft: boolean;
  };
  /** The last requests that saved a disposition, of those that named themselves. */
  readonly dispositionRequestIds: readonly string[];
  /** The agent's notes, else what the outcome says. */
  readonly note: string | null;
  /** When the agent saved their word on it. */
  readonly dispositionSavedAt: Date | null;
  /** null while live. */
  readonly crm: Omit<CrmSync, 'revision'> | null;
}

export interface CallViews {
  get(callId: string): Promise<CallView | null>;
}

/** Single calls, for screens. */
export function createCallViews(db: Kysely<Database>): CallViews {
  return {
    async get(callId) {
      const row = await selectCallViews(db).where('calls.id', '=', callId).executeTakeFirst();
      return row ? toCallView(row) : null;
    },
  };
}

export type CallRow = Selectable<CallsTable> & {
  readonly agent_name: string;
  readonly queue_name: string;
  /** null: deleted. */
  readonly now_name: string | null;
  readonly now_phone: string | null;
  readonly job_title: string | null;
  readonly company: string | null;
  readonly email: string | null;
  readonly headcount: string | null;
  readonly industry: string | null;
  readonly crm_external_id: string | null;
};

type CallTables = 'calls' | 'agents' | 'queues' | 'leads';
/** Left-joined leads, whose columns Kysely would call nullable: only `toCallView` reads them. */
export type CallQuery = SelectQueryBuilder<Database, CallTables, CallRow>;

/** Every list of calls starts from here. */
export const selectCallViews = (db: Kysely<Database>): CallQuery =>
  db
    .selectFrom('calls')
    .innerJoin('agents', 'agents.id', 'calls.agent_id')
    .innerJoin('queues', 'queues.id', 'calls.queue_id')
    .leftJoin('leads', 'leads.id', 'calls.lead_id')
    .selectAll('calls')
    .select([
      'agents.name as agent_name',
      'queues.name as queue_name',
      'leads.name as now_name',
      'leads.phone as now_phone',
      'leads.job_title',
      'leads.company',
      'leads.email',
      'leads.headcount',
      'leads.industry',
      'leads.crm_external_id',
    ]) as unknown as CallQuery;

export function toCallView(row: CallRow): CallView {
  const written = agentNoteOf({
    notes: row.notes,
    savedAt: row.verdict_at,
    draft: row.note_draft,
    draftAt: row.note_draft_at,
  });
  return {
    id: row.id,
    sessionId: row.session_id,
    agentId: row.agent_id,
    agentName: row.agent_name,
    queueId: row.queue_id,
    queueName: row.queue_name,
    queueItemId: row.queue_item_id,
    leadId: row.lead_id,
    lead: {
      id: row.lead_id,
      name: row.now_name ?? row.lead_name,
      jobTitle: row.job_title,
      phone: row.now_phone ?? row.phone,
      company: row.company,
      email: row.email,
      headcount: row.headcount,
      industry: row.industry,
      crmExternalId: row.crm_external_id,
    },
    leadDeleted: row.now_name === null,
    phone: row.phone,
    round: row.round,
    attempt: row.attempt,
    provider: row.provider,
    providerCallId: row.provider_call_id,
    state: row.state,
    placement: row.placement,
    clearance: clearanceFromStored(row.clearance),
    queuedAt: row.queued_at,
    dialedAt: row.dialed_at,
    ringingAt: row.ringing_at,
    answeredAt: row.answered_at,
    answeredBy: row.answered_by,
    endedAt: row.ended_at,
    winner: row.winner,
    agentLeftAt: row.agent_left_at,
    cancelReason: currentReason(row.cancel_reason),
    outcome: row.outcome,
    reason: row.reason,
    talkSeconds: row.talk_seconds,
    disposition: row.disposition ?? (row.outcome && meaningOf(row.outcome).disposition),
    notes: row.notes,
    agentNote: { ...written, revision: row.note_revision },
    dispositionCode: row.disposition_code,
    dispositionEffect: row.disposition_effect,
    dispositionRequestIds: row.disposition_request_ids,
    note:
      written.text ??
      (row.outcome &&
        noteOf({
          outcome: row.outcome,
          cancelReason: currentReason(row.cancel_reason),
          reason: row.reason,
        })),
    dispositionSavedAt: row.verdict_at,
    crm: row.crm_state && {
      state: row.crm_state,
      attempts: row.crm_attempts,
      dueAt: row.crm_due_at,
      lastError: row.crm_error,
      activityId: row.crm_activity_id,
    },
  };
}
