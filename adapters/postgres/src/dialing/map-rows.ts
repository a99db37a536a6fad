import {
  type Agent,
  type Call,
  type CallIdentity,
  type Cancellation,
  type CompletedCall,
  type ComplianceClearance,
  type CrmSync,
  findDisposition,
  type Lead,
  type LiveCall,
  meaningOf,
  type ProviderOutage,
  type QueueItem,
  type SavedDisposition,
  type Session,
  type SessionActor,
  STANDARD_DISPOSITIONS,
} from '@outdial/core';
import type { Selectable } from 'kysely';
import type {
  AgentsTable,
  CallsTable,
  LeadsTable,
  QueueItemsTable,
  SessionsTable,
  StoredClearance,
  StoredOutage,
} from '../engine/database.js';
import { retryFromStored, retryToStored } from '../engine/disposition-retry.js';
import { fromStoredSettings, toStoredSettings } from './map-settings.js';
import { currentReason } from './renamed-codes.js';

/** A row as a driver gives it, or as PostgreSQL writes it into JSON, where times are text. */
export type RowOf<Table> = {
  [Column in keyof Selectable<Table>]: Selectable<Table>[Column] extends Date
    ? Date | string
    : Selectable<Table>[Column] extends Date | null
      ? Date | string | null
      : Selectable<Table>[Column];
};

export const agentFromRow = (row: RowOf<AgentsTable>): Agent => ({
  id: row.id,
  name: row.name,
  email: row.email,
  presence: row.presence,
  presenceSince: time(row.presence_since),
  identities: row.identities,
});

export const leadFromRow = (row: RowOf<LeadsTable>): Lead => ({
  id: row.id,
  name: row.name,
  jobTitle: row.job_title,
  phone: row.phone,
  company: row.company,
  email: row.email,
  headcount: row.headcount,
  industry: row.industry,
  timeZone: row.time_zone,
  score: row.score,
  enrichment:
    row.enrichment === null
      ? null
      : {
          provider: row.enrichment.provider,
          enrichedAt: time(row.enrichment.enriched_at),
          data: row.enrichment.data,
        },
  crmExternalId: row.crm_external_id,
  createdAt: time(row.created_at),
  updatedAt: time(row.updated_at),
});

export const sessionFromRow = (row: RowOf<SessionsTable>): Session => ({
  id: row.id,
  agentId: row.agent_id,
  queueId: row.queue_id,
  provider: row.provider,
  lines: row.lines,
  afterConnect: row.after_connect,
  status: row.status,
  reason: currentReason(row.reason),
  actor: actorFromRow(row),
  phase: row.phase,
  phaseSince: time(row.phase_since),
  round: row.round,
  winnerCallId: row.winner_call_id,
  wrapUpUntil: timeOrNull(row.wrap_up_until),
  nextRoundAt: timeOrNull(row.next_round_at),
  outage: row.trouble === null ? null : outageFromStored(row.trouble),
  drySince: timeOrNull(row.dry_since),
  wakeAt: timeOrNull(row.wake_at),
  metrics: {
    attempted: row.attempted,
    connected: row.connected,
    failed: row.failed,
    canceled: row.canceled,
  },
  settings: fromStoredSettings(row.settings),
  startedAt: time(row.started_at),
  stoppedAt: timeOrNull(row.stopped_at),
});

/** A node of an older release changes the reason and leaves the actor of an earlier one. */
const actorFromRow = (row: RowOf<SessionsTable>): SessionActor | null =>
  currentReason(row.reason) === 'requested_by_user' &&
  row.actor_id !== null &&
  row.actor_name !== null
    ? { id: row.actor_id, name: row.actor_name }
    : null;

const outageFromStored = (stored: StoredOutage): ProviderOutage => ({
  since: time(stored.since),
  failures: stored.failures,
  message: stored.message,
  retryAt: time(stored.retry_at),
});

const outageToStored = (outage: ProviderOutage): StoredOutage => ({
  since: outage.since.toISOString(),
  failures: outage.failures,
  message: outage.message,
  retry_at: outage.retryAt.toISOString(),
});

/** All columns but `version`, which the store counts. Times and jsonb as JSON has them. */
export const sessionToRecord = (session: Session) =>
  ({
    id: session.id,
    agent_id: session.agentId,
    queue_id: session.queueId,
    provider: session.provider,
    lines: session.lines,
    after_connect: session.afterConnect,
    status: session.status,
    reason: session.reason,
    actor_id: session.actor?.id ?? null,
    actor_name: session.actor?.name ?? null,
    phase: session.phase,
    phase_since: session.phaseSince,
    round: session.round,
    winner_call_id: session.winnerCallId,
    wrap_up_until: session.wrapUpUntil,
    next_round_at: session.nextRoundAt,
    trouble: session.outage === null ? null : outageToStored(session.outage),
    dry_since: session.drySince,
    wake_at: session.wakeAt,
    attempted: session.metrics.attempted,
    connected: session.metrics.connected,
    failed: session.metrics.failed,
    canceled: session.metrics.canceled,
    settings: toStoredSettings(session.settings),
    started_at: session.startedAt,
    stopped_at: session.stoppedAt,
  }) satisfies Omit<RowOf<SessionsTable>, 'version' | 'agent_seen_at'>;

export const itemFromRow = (row: RowOf<QueueItemsTable>): QueueItem => ({
  id: row.id,
  queueId: row.queue_id,
  leadId: row.lead_id,
  state: row.state,
  priority: row.priority,
  dueAt: time(row.due_at),
  callback: row.callback,
  attempts: row.attempts,
  attemptsByOutcome: row.attempts_by_outcome,
  lastOutcome: row.last_outcome,
  heldReason: row.held_reason,
  claimedBySessionId: row.claimed_by_session_id,
  createdAt: time(row.created_at),
});

/** The columns that dialing changes. Priority, score, number and place in the queue are other people's to change. */
export const itemToRecord = (item: QueueItem) =>
  ({
    id: item.id,
    state: item.state,
    due_at: item.dueAt,
    callback: item.callback,
    attempts: item.attempts,
    attempts_by_outcome: item.attemptsByOutcome,
    last_outcome: item.lastOutcome,
    held_reason: item.heldReason,
    claimed_by_session_id: item.claimedBySessionId,
  }) satisfies Partial<RowOf<QueueItemsTable>>;

/** A column that the state requires is empty: the row was changed by hand. */
const required = <T>(value: T | null, column: string, id: string): T => {
  if (value === null) throw new Error(`Call ${id} has no ${column} in a state that requires one.`);
  return value;
};

export function callFromRow(row: RowOf<CallsTable>): Call {
  const identity: CallIdentity = {
    id: row.id,
    sessionId: row.session_id,
    agentId: row.agent_id,
    queueId: row.queue_id,
    queueItemId: row.queue_item_id,
    leadId: row.lead_id,
    phone: row.phone,
    round: row.round,
    attempt: row.attempt,
    provider: row.provider,
    providerCallId: row.provider_call_id,
    queuedAt: time(row.queued_at),
    clearance: clearanceFromStored(row.clearance),
    cancellation: cancellationFromRow(row),
    disposition: dispositionFromRow(row),
  };
  const needed = <T>(value: T | null, column: keyof CallsTable) => required(value, column, row.id);
  const placed = () => ({
    ...identity,
    dialedAt: time(needed(row.dialed_at, 'dialed_at')),
    placement: needed(row.placement, 'placement'),
    deadlineAt: time(needed(row.deadline_at, 'deadline_at')),
    checks: row.checks,
  });
  switch (row.state) {
    case 'QUEUED':
      return {
        ...identity,
        state: 'QUEUED',
        placeAt: time(needed(row.place_at, 'place_at')),
        deadlineAt: time(needed(row.deadline_at, 'deadline_at')),
      };
    case 'DIALING':
      return { ...placed(), state: 'DIALING' };
    case 'RINGING':
      return {
        ...placed(),
        state: 'RINGING',
        ringingAt: time(needed(row.ringing_at, 'ringing_at')),
      };
    case 'IN_PROGRESS':
      return {
        ...placed(),
        state: 'IN_PROGRESS',
        ringingAt: timeOrNull(row.ringing_at),
        answeredAt: time(needed(row.answered_at, 'answered_at')),
        answeredBy: needed(row.answered_by, 'answered_by'),
        winner: row.winner,
        ...leftAt(row),
      };
    case 'COMPLETED':
      return {
        ...identity,
        state: 'COMPLETED',
        dialedAt: timeOrNull(row.dialed_at),
        placement: row.placement,
        ringingAt: timeOrNull(row.ringing_at),
        answeredAt: timeOrNull(row.answered_at),
        answeredBy: row.answered_by,
        winner: row.winner,
        ...leftAt(row),
        endedAt: time(needed(row.ended_at, 'ended_at')),
        talkSeconds: row.talk_seconds,
        outcome: needed(row.outcome, 'outcome'),
        reason: row.reason,
        crm: crmFromRow(row),
      };
    default: {
      const never: never = row.state;
      return never;
    }
  }
}

export function liveCallFromRow(row: RowOf<CallsTable>): LiveCall {
  const call = callFromRow(row);
  if (call.state === 'COMPLETED') throw new Error(`Call ${call.id} is over, and was read as live.`);
  return call;
}

const cancellationFromRow = (row: RowOf<CallsTable>): Cancellation | null =>
  row.cancel_requested_at === null
    ? null
    : {
        requestedAt: time(row.cancel_requested_at),
        reason: currentReason(required(row.cancel_reason, 'cancel_reason', row.id)),
        askAt: timeOrNull(row.hang_up_at),
        asked: row.hang_ups,
      };

const dispositionFromRow = (row: RowOf<CallsTable>): SavedDisposition | null =>
  row.verdict_at === null
    ? null
    : {
        ...saidOf(row),
        notes: row.notes,
        callbackAt: timeOrNull(row.callback_at),
        savedAt: time(row.verdict_at),
      };

/** What the agent said. A node of the release before stores the label alone: then the standard set says what it does. */
const saidOf = (
  row: RowOf<CallsTable>,
): Pick<SavedDisposition, 'code' | 'label' | 'effect' | 'retry'> => {
  const label = required(row.disposition, 'disposition', row.id);
  const known = findDisposition(STANDARD_DISPOSITIONS, label);
  return {
    code: row.disposition_code ?? known?.code ?? 'unknown',
    label,
    effect: row.disposition_effect ?? known?.effect ?? 'keep',
    retry: retryFromStored(row.disposition_retry),
  };
};

const crmFromRow = (row: RowOf<CallsTable>): CrmSync => ({
  state: required(row.crm_state, 'crm_state', row.id),
  revision: row.crm_revision,
  attempts: row.crm_attempts,
  dueAt: timeOrNull(row.crm_due_at),
  lastError: row.crm_error,
  activityId: row.crm_activity_id,
});

type NoteDraftColumn = 'note_draft' | 'note_draft_at' | 'note_revision' | 'disposition_request_ids';

/**
 * All columns but `lead_name`, which is taken from the lead when the call is first written, and what the agent is writing, which no
 * decision of the dialer reads or changes.
 */
export function callToRecord(call: Call) {
  const completed = call.state === 'COMPLETED' ? call : null;
  const queued = call.state === 'QUEUED' ? call : null;
  const placed = call.state === 'QUEUED' ? null : call;
  const answered = call.state === 'IN_PROGRESS' || call.state === 'COMPLETED' ? call : null;
  const live = call.state === 'COMPLETED' ? null : call;
  return {
    id: call.id,
    session_id: call.sessionId,
    agent_id: call.agentId,
    queue_id: call.queueId,
    queue_item_id: call.queueItemId,
    lead_id: call.leadId,
    phone: call.phone,
    round: call.round,
    attempt: call.attempt,
    provider: call.provider,
    provider_call_id: call.providerCallId,
    state: call.state,
    placement: placed?.placement ?? null,
    clearance: clearanceToStored(call.clearance),
    queued_at: call.queuedAt,
    place_at: queued?.placeAt ?? null,
    dialed_at: placed?.dialedAt ?? null,
    ringing_at: call.state === 'QUEUED' || call.state === 'DIALING' ? null : call.ringingAt,
    answered_at: answered?.answeredAt ?? null,
    answered_by: answered?.answeredBy ?? null,
    ended_at: completed?.endedAt ?? null,
    deadline_at: live?.deadlineAt ?? null,
    checks: live !== null && live.state !== 'QUEUED' ? live.checks : 0,
    winner: answered?.winner ?? false,
    agent_left_at: answered?.agentLeftAt ?? null,
    cancel_reason: call.cancellation?.reason ?? null,
    cancel_requested_at: call.cancellation?.requestedAt ?? null,
    hang_up_at: call.cancellation?.askAt ?? null,
    hang_ups: call.cancellation?.asked ?? 0,
    outcome: completed?.outcome ?? null,
    reason: completed?.reason ?? null,
    talk_seconds: completed?.talkSeconds ?? 0,
    disposition: call.disposition?.label ?? dispositionOf(completed),
    notes: call.disposition?.notes ?? null,
    callback_at: call.disposition?.callbackAt ?? null,
    verdict_at: call.disposition?.savedAt ?? null,
    disposition_code: call.disposition?.code ?? null,
    disposition_effect: call.disposition?.effect ?? null,
    disposition_retry: retryToStored(call.disposition?.retry ?? null),
    crm_state: completed?.crm.state ?? null,
    crm_revision: completed?.crm.revision ?? 0,
    crm_attempts: completed?.crm.attempts ?? 0,
    crm_due_at: completed?.crm.dueAt ?? null,
    crm_error: completed?.crm.lastError ?? null,
    crm_activity_id: completed?.crm.activityId ?? null,
  } satisfies Omit<RowOf<CallsTable>, 'lead_name' | NoteDraftColumn>;
}

const dispositionOf = (completed: CompletedCall | null): string | null =>
  completed === null ? null : meaningOf(completed.outcome).disposition;

export const clearanceFromStored = (stored: StoredClearance): ComplianceClearance => ({
  decidedAt: time(stored.decided_at),
  rule: stored.rule,
  zones: stored.zones,
  until: timeOrNull(stored.until),
  contact:
    stored.contact === undefined || stored.contact === null
      ? null
      : {
          gapSeconds: stored.contact.gap_seconds,
          callsPerDay: stored.contact.calls_per_day,
          callsToday: stored.contact.calls_today,
          lastEndedAt: timeOrNull(stored.contact.last_ended_at),
          zones: stored.contact.zones,
          promised: stored.contact.promised,
        },
});

const clearanceToStored = (clearance: ComplianceClearance): StoredClearance => ({
  decided_at: clearance.decidedAt.toISOString(),
  rule: clearance.rule,
  zones: clearance.zones,
  until: clearance.until?.toISOString() ?? null,
  contact: clearance.contact
    ? {
        gap_seconds: clearance.contact.gapSeconds,
        calls_per_day: clearance.contact.callsPerDay,
        calls_today: clearance.contact.callsToday,
        last_ended_at: clearance.contact.lastEndedAt?.toISOString() ?? null,
        zones: clearance.contact.zones,
        promised: clearance.contact.promised,
      }
    : null,
});

const leftAt = ({ agent_left_at: at }: RowOf<CallsTable>) =>
  at === null ? {} : { agentLeftAt: time(at) };

const time = (value: Date | string): Date => (typeof value === 'string' ? new Date(value) : value);

const timeOrNull = (value: Date | string | null): Date | null =>
  value === null ? null : time(value);
