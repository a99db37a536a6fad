import type {
  AnsweredBy,
  Call,
  CallIdentity,
  CancelReason,
  CompletedCall,
  LiveCall,
  QueuedCall,
} from './call.js';
import type { CallFacts, EndCause } from './facts.js';
import { meaningOf, type Outcome } from './outcome.js';

/** All we know about a live call, from its state and from new facts, merged: what is known already stays. */
export interface Knowledge {
  readonly providerCallId: string | null;
  readonly ringingAt: Date | null;
  readonly answeredAt: Date | null;
  readonly answeredBy: AnsweredBy | null;
  /** Only of a conversation: who was not answered by this agent cannot be handed on. */
  readonly agentLeftAt: Date | null;
  readonly endedAt: Date | null;
  readonly endCause: EndCause | null;
  readonly endReason: string | null;
}

/**
 * Merges facts into what a live call knows. A later disposition that a machine answered replaces the assumption that it
 * was a person; nothing else is ever taken back.
 */
export function mergeKnowledge(call: LiveCall, facts: CallFacts): Knowledge {
  const ringingAt = 'ringingAt' in call ? call.ringingAt : null;
  const answered = call.state === 'IN_PROGRESS' ? call : null;
  const answeredAt = answered?.answeredAt ?? facts.answeredAt ?? null;
  return {
    providerCallId: call.providerCallId ?? facts.providerCallId ?? null,
    ringingAt: ringingAt ?? facts.ringingAt ?? null,
    answeredAt,
    answeredBy:
      answeredAt === null
        ? null
        : facts.answeredBy === 'MACHINE'
          ? 'MACHINE'
          : (answered?.answeredBy ?? 'PERSON'),
    agentLeftAt: answeredAt === null ? null : (answered?.agentLeftAt ?? facts.agentLeftAt ?? null),
    endedAt: facts.endedAt ?? null,
    endCause: facts.endCause ?? null,
    endReason: facts.endReason ?? null,
  };
}

/** The state that knowledge means for a call that is not over. A QUEUED call that turns out to be live was placed. */
export function toLiveCall(
  call: Exclude<LiveCall, QueuedCall>,
  known: Knowledge,
  winner: boolean,
): LiveCall {
  const { ringingAt, answeredAt, answeredBy, agentLeftAt } = known;
  const placed = {
    ...identityOf(call),
    providerCallId: known.providerCallId,
    dialedAt: call.dialedAt,
    // An event about it is as good as the provider's yes.
    placement: 'ACCEPTED' as const,
    deadlineAt: call.deadlineAt,
    checks: 0,
  };
  if (answeredAt !== null && answeredBy !== null) {
    return {
      ...placed,
      state: 'IN_PROGRESS',
      ringingAt,
      answeredAt,
      answeredBy,
      winner,
      ...(agentLeftAt !== null && { agentLeftAt }),
    };
  }
  if (ringingAt !== null) return { ...placed, state: 'RINGING', ringingAt };
  return { ...placed, state: 'DIALING' };
}

/** How a call with an end comes out (design, section 5). */
export function outcomeOf(call: LiveCall, known: Knowledge, winner: boolean): Outcome {
  if (known.answeredBy === 'MACHINE' || known.endCause === 'voicemail') return 'VOICEMAIL';
  if (known.answeredBy === 'PERSON') return winner ? 'CONNECTED' : 'ABANDONED';
  const endedBeforeCancel =
    call.cancellation !== null &&
    known.endedAt !== null &&
    known.endedAt < call.cancellation.requestedAt;
  if (call.cancellation !== null && !endedBeforeCancel) return 'CANCELED_BY_DIALER';
  switch (known.endCause) {
    case 'busy':
      return 'BUSY';
    case 'failed':
      return 'FAILED';
    case 'canceled':
    case 'hangup':
    case 'no_answer':
    case null:
      return 'NO_ANSWER';
    default: {
      const never: never = known.endCause;
      return never;
    }
  }
}

/** The call as history. `now` replaces an unknown end time, and starts the CRM sync. */
export function toCompletedCall(
  call: LiveCall,
  known: Knowledge,
  outcome: Outcome,
  winner: boolean,
  now: Date,
): CompletedCall {
  const placed = call.state === 'QUEUED' ? null : call;
  // Clocks of providers differ from ours; a call never ends before it began.
  const earliest = known.answeredAt ?? known.ringingAt ?? placed?.dialedAt ?? call.queuedAt;
  const told = known.endedAt ?? now;
  const endedAt = told < earliest ? earliest : told;
  return {
    ...identityOf(call),
    providerCallId: known.providerCallId,
    state: 'COMPLETED',
    dialedAt: placed?.dialedAt ?? null,
    placement: placed?.placement ?? null,
    ringingAt: known.ringingAt,
    answeredAt: known.answeredAt,
    answeredBy: known.answeredBy,
    winner,
    ...(known.agentLeftAt !== null && { agentLeftAt: known.agentLeftAt }),
    endedAt,
    talkSeconds:
      outcome === 'CONNECTED' && known.answeredAt !== null
        ? Math.round((endedAt.getTime() - known.answeredAt.getTime()) / 1000)
        : 0,
    outcome,
    reason: known.endReason,
    crm: {
      state: 'PENDING',
      revision: 0,
      attempts: 0,
      dueAt: now,
      lastError: null,
      activityId: null,
    },
  };
}

const NO_NEW_FACTS: CallFacts = {};

/** Ends a call that the provider was certainly never asked to place. */
export function releasedUnplaced(
  call: LiveCall,
  reason: CancelReason,
  why: string,
  now: Date,
): CompletedCall {
  const cancellation = call.cancellation ?? { requestedAt: now, reason, askAt: null, asked: 0 };
  const known = { ...mergeKnowledge(call, NO_NEW_FACTS), endReason: why };
  return toCompletedCall({ ...call, cancellation }, known, 'CANCELED_BY_DIALER', false, now);
}

/** Asks for a live call to end; a request already made stays, so that its reason does not change. */
export function withCancellation<C extends LiveCall>(
  call: C,
  reason: CancelReason,
  canHangUp: boolean,
  now: Date,
): C {
  if (call.cancellation !== null) return call;
  return {
    ...call,
    cancellation: { requestedAt: now, reason, askAt: canHangUp ? now : null, asked: 0 },
  };
}

/** Requests the hang-up again for a call that continues after the first request. */
export const withHangUpRepeated = <C extends LiveCall>(call: C, now: Date): C =>
  call.cancellation === null || call.cancellation.askAt !== null
    ? call
    : { ...call, cancellation: { ...call.cancellation, askAt: now } };

/** What the CRM and the screens show: the agent's word, else the outcome's. */
export const dispositionOf = (call: CompletedCall): string =>
  call.disposition?.label ?? meaningOf(call.outcome).disposition;

export function identityOf(call: Call): CallIdentity {
  const {
    id,
    sessionId,
    agentId,
    queueId,
    queueItemId,
    leadId,
    phone,
    round,
    attempt,
    provider,
    providerCallId,
    queuedAt,
    clearance,
    cancellation,
    disposition,
  } = call;
  return {
    id,
    sessionId,
    agentId,
    queueId,
    queueItemId,
    leadId,
    phone,
    round,
    attempt,
    provider,
    providerCallId,
    queuedAt,
    clearance,
    cancellation,
    disposition,
  };
}
