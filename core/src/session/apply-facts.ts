import type { LiveCall } from '../call/call.js';
import { isHandedOn, isLive } from '../call/call.js';
import { addMs, RECHECK_CONVERSATION_AFTER_MS } from '../call/deadlines.js';
import type { CallFacts } from '../call/facts.js';
import {
  type Knowledge,
  mergeKnowledge,
  outcomeOf,
  releasedUnplaced,
  toCompletedCall,
  toLiveCall,
  withCancellation,
} from '../call/transitions.js';
import type { SceneOfCall } from '../ports/dialer-store.js';
import type { TelephonyCapabilities } from '../ports/telephony.js';
import { SceneDraft } from './scene.js';

export type FactsApplied = 'applied' | 'call_over' | 'not_placed';

/**
 * Facts about one call, applied to its session (P4, P7). Who wins is decided here and nowhere else: the first call of
 * the round in which a person is known to have answered. Decisions about a session come one at a time, so "first" has one meaning.
 */
export function applyFacts(
  scene: SceneOfCall,
  facts: CallFacts,
  capabilities: TelephonyCapabilities,
  now: Date,
  /** Whether the agent can take a person who answers; true unless `asksForAgent`. */
  agentIsThere: boolean,
): { readonly draft: SceneDraft; readonly result: FactsApplied } {
  const draft = new SceneDraft(scene, now);
  const { call, item } = scene.subject;
  if (!isLive(call)) return { draft, result: 'call_over' };
  // The provider was not asked for this call yet, so the facts are about another one.
  if (call.state === 'QUEUED') return { draft, result: 'not_placed' };

  const known = mergeKnowledge(call, facts);
  const wasWinner = call.state === 'IN_PROGRESS' && call.winner;
  const couldWin = known.answeredBy === 'PERSON' && mayWin(scene, call, capabilities);
  const winner = wasWinner ? known.answeredBy === 'PERSON' : couldWin && agentIsThere;
  const unattended = couldWin && !wasWinner && !agentIsThere;
  const answered = unattended
    ? withCancellation(call, 'agent_absent', capabilities.canHangUp, now)
    : call;

  if (known.endedAt === null) {
    draft.putLive(live(answered, known, winner, capabilities, now), item);
  } else {
    const outcome = outcomeOf(answered, known, winner);
    draft.complete(toCompletedCall(answered, known, outcome, winner, now), item);
  }
  if (unattended) stopDialingUnattended(draft, call, capabilities, now);

  const hadLeft = isHandedOn(call);
  if (winner && !wasWinner) theWinnerIs(draft, call, capabilities, now);
  // A machine had been taken for a person: its round goes on without it, and a later round is not its business.
  if (wasWinner && !winner && draft.session.winnerCallId === call.id) {
    draft.update({ winnerCallId: null });
  }
  // Over, or handed on: it takes the agent's line no longer.
  const leavesTheLine = known.agentLeftAt !== null || known.endedAt !== null;
  if (leavesTheLine && !hadLeft) {
    if (winner) conversationEnded(draft, now);
    else if (draft.session.status === 'RUNNING') draft.update({ wakeAt: now });
  }
  return { draft, result: 'applied' };
}

/** The person who answered reaches no agent: no other phone may ring meanwhile. */
function stopDialingUnattended(
  draft: SceneDraft,
  call: LiveCall,
  capabilities: TelephonyCapabilities,
  now: Date,
): void {
  if (draft.session.status !== 'RUNNING') return;
  draft.update({ status: 'PAUSED', reason: 'agent_absent', wakeAt: draft.session.wrapUpUntil });
  cancelOthers(draft, call.id, 'agent_absent', capabilities, now);
}

function mayWin(scene: SceneOfCall, call: LiveCall, capabilities: TelephonyCapabilities): boolean {
  if (scene.session.winnerCallId !== null || call.round !== scene.session.round) return false;
  // Hanging up is under way: the person will be cut off, so this is no conversation. Where we cannot hang up, the
  // agent is talking to them whatever we wanted.
  return call.cancellation === null || !capabilities.canHangUp;
}

function live(
  call: Exclude<LiveCall, { state: 'QUEUED' }>,
  known: Knowledge,
  winner: boolean,
  capabilities: TelephonyCapabilities,
  now: Date,
): LiveCall {
  const next = toLiveCall(call, known, winner);
  if (next.state !== 'IN_PROGRESS') return next;
  const answeredNow = call.state !== 'IN_PROGRESS';
  const timed = answeredNow
    ? { ...next, deadlineAt: addMs(now, RECHECK_CONVERSATION_AFTER_MS) }
    : next;
  if (winner) return timed;
  const reason = known.answeredBy === 'MACHINE' ? 'machine_answered' : 'another_line_connected';
  const ending = withCancellation(timed, reason, capabilities.canHangUp, now);
  // A hang-up was requested while it rang, but a person answered: request it again now.
  return answeredNow && ending.cancellation !== null && capabilities.canHangUp
    ? { ...ending, cancellation: { ...ending.cancellation, askAt: now } }
    : ending;
}

/** P4: every other call live at this moment is cancelled; those not placed yet never will be. */
function theWinnerIs(
  draft: SceneDraft,
  winner: LiveCall,
  capabilities: TelephonyCapabilities,
  now: Date,
): void {
  draft.update({ winnerCallId: winner.id, wakeAt: null, reason: null, drySince: null });
  if (draft.session.afterConnect === 'stop' && draft.session.status !== 'STOPPED') {
    draft.update({ status: 'STOPPED', reason: 'first_connect', stoppedAt: now, outage: null });
  }
  cancelOthers(draft, winner.id, 'another_line_connected', capabilities, now);
}

/** Cancels what is not answered: placed calls are hung up, queued ones completed at once. */
export function cancelOthers(
  draft: SceneDraft,
  exceptId: string | null,
  reason: 'another_line_connected' | 'session_stopped' | 'agent_absent',
  capabilities: TelephonyCapabilities,
  now: Date,
): void {
  for (const { call, item } of draft.live) {
    if (call.id === exceptId) continue;
    if (call.state === 'QUEUED') {
      draft.complete(releasedUnplaced(call, reason, 'It had not been placed yet.', now), item);
    } else if (call.state !== 'IN_PROGRESS' || !call.winner) {
      const canceled = withCancellation(call, reason, capabilities.canHangUp, now);
      if (canceled !== call) draft.putLive(canceled, item);
    }
  }
}

/**
 * The agent's conversation is over: wrap-up, then the next round. Wrap-up comes whatever the agent said of the call already,
 * because a disposition chosen during the call is not the note; `dialNext` ends it early.
 */
function conversationEnded(draft: SceneDraft, now: Date): void {
  const { session } = draft;
  if (session.status === 'STOPPED') return;
  const { wrapUpSeconds, delaySeconds } = session.settings;
  if (wrapUpSeconds > 0) {
    const wrapUpUntil = addMs(now, wrapUpSeconds * 1000);
    draft.update({ wrapUpUntil, nextRoundAt: null, wakeAt: wrapUpUntil });
  } else {
    const nextRoundAt = addMs(now, delaySeconds * 1000);
    draft.update({ wrapUpUntil: null, nextRoundAt, wakeAt: nextRoundAt });
  }
}
