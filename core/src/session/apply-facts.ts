import type { LiveCall } from '../call/call.js';
import { isLive } from '../call/call.js';
import { after, RECHECK_CONVERSATION_AFTER } from '../call/deadlines.js';
import type { CallFacts } from '../call/facts.js';
import {
  completed,
  givenBack,
  type Knowledge,
  learn,
  outcomeOf,
  whileLive,
  withCancellation,
} from '../call/transitions.js';
import type { SceneOfCall } from '../ports/dialer-store.js';
import type { TelephonyCapabilities } from '../ports/telephony.js';
import { SceneDraft } from './scene.js';

export type FactsVerdict = 'applied' | 'call_over' | 'not_placed';

/**
 * Facts about one call, applied to its session (P4, P7). Who wins is decided here and nowhere else: the first call of
 * the round in which a person is known to have answered. Decisions about a session come one at a time, so "first" has one meaning.
 */
export function applyFacts(
  scene: SceneOfCall,
  facts: CallFacts,
  capabilities: TelephonyCapabilities,
  now: Date,
): { readonly draft: SceneDraft; readonly verdict: FactsVerdict } {
  const draft = new SceneDraft(scene, now);
  const { call, item } = scene.subject;
  if (!isLive(call)) return { draft, verdict: 'call_over' };
  // Nobody asked for it yet, so whatever this is about, it is not this call.
  if (call.state === 'QUEUED') return { draft, verdict: 'not_placed' };

  const known = learn(call, facts);
  const wasWinner = call.state === 'IN_PROGRESS' && call.winner;
  const winner = wasWinner
    ? known.answeredBy === 'PERSON'
    : known.answeredBy === 'PERSON' && mayWin(scene, call, capabilities);

  if (known.endedAt === null) {
    draft.putLive(live(call, known, winner, capabilities, now), item);
  } else {
    draft.complete(completed(call, known, outcomeOf(call, known, winner), winner, now), item);
  }

  if (winner && !wasWinner) theWinnerIs(draft, call, capabilities, now);
  // A machine had been taken for a person: the round goes on without it.
  if (wasWinner && !winner) draft.update({ winnerCallId: null });
  if (known.endedAt !== null) {
    if (winner) conversationEnded(draft, now);
    else if (draft.session.status === 'RUNNING') draft.update({ wakeAt: now });
  }
  return { draft, verdict: 'applied' };
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
  const next = whileLive(call, known, winner);
  if (next.state !== 'IN_PROGRESS') return next;
  const answeredNow = call.state !== 'IN_PROGRESS';
  const timed = answeredNow
    ? { ...next, deadlineAt: after(now, RECHECK_CONVERSATION_AFTER) }
    : next;
  if (winner) return timed;
  const reason = known.answeredBy === 'MACHINE' ? 'machine_answered' : 'another_line_connected';
  const ending = withCancellation(timed, reason, capabilities.canHangUp, now);
  // It was asked to end while it rang; somebody answered all the same, so ask again, now.
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
    draft.update({ status: 'STOPPED', reason: 'first_connect', stoppedAt: now, trouble: null });
  }
  cancelOthers(draft, winner.id, 'another_line_connected', capabilities, now);
}

/** Cancels what is not answered: placed calls are hung up, queued ones completed at once. */
export function cancelOthers(
  draft: SceneDraft,
  exceptId: string | null,
  reason: 'another_line_connected' | 'session_stopped',
  capabilities: TelephonyCapabilities,
  now: Date,
): void {
  for (const { call, item } of draft.live) {
    if (call.id === exceptId) continue;
    if (call.state === 'QUEUED') {
      draft.complete(givenBack(call, reason, 'It had not been placed yet.', now), item);
    } else if (call.state !== 'IN_PROGRESS' || !call.winner) {
      const canceled = withCancellation(call, reason, capabilities.canHangUp, now);
      if (canceled !== call) draft.putLive(canceled, item);
    }
  }
}

/** The agent's conversation is over: wrap-up, then the next round. */
function conversationEnded(draft: SceneDraft, now: Date): void {
  const { session } = draft;
  if (session.status === 'STOPPED') return;
  const { wrapUpSeconds, delaySeconds } = session.settings;
  const won = session.winnerCallId;
  const saved = won !== null && draft.verdictSaved(won);
  if (wrapUpSeconds > 0 && !saved) {
    const wrapUpUntil = after(now, wrapUpSeconds * 1000);
    draft.update({ wrapUpUntil, nextRoundAt: null, wakeAt: wrapUpUntil });
  } else {
    const nextRoundAt = after(now, delaySeconds * 1000);
    draft.update({ wrapUpUntil: null, nextRoundAt, wakeAt: nextRoundAt });
  }
}
