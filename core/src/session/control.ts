import { isLive } from '../call/call.js';
import { addMs } from '../call/deadlines.js';
import { releasedUnplaced, withCancellation, withHangUpRepeated } from '../call/transitions.js';
import type { Scene, SceneChange, SceneOfCall } from '../ports/dialer-store.js';
import type { TelephonyCapabilities } from '../ports/telephony.js';
import { cancelOthers } from './apply-facts.js';
import { SceneDraft } from './scene.js';
import type { ProviderOutage, SessionActor, SessionReason } from './session.js';

/** A user or an event controls the session. Each function returns the change, or why it refuses. */
export type Refusal = 'session_stopped' | 'not_running' | 'not_paused' | 'no_wrap_up';
export type Controlled =
  | { readonly kind: 'changed'; readonly change: SceneChange }
  | { readonly kind: 'refused'; readonly because: Refusal };

const changed = (draft: SceneDraft): Controlled => ({ kind: 'changed', change: draft.change() });

/** No new calls; live ones continue. Claimed calls that are not placed yet are released to the queue. */
export function pause(
  scene: Scene,
  reason: SessionReason,
  now: Date,
  actor: SessionActor | null = null,
): Controlled {
  const { status } = scene.session;
  if (status === 'STOPPED') return { kind: 'refused', because: 'session_stopped' };
  if (status === 'PAUSED') return { kind: 'refused', because: 'not_running' };
  const draft = new SceneDraft(scene, now);
  pauseDraft(draft, reason, now, actor);
  return changed(draft);
}

/** The same in the midst of another decision about a session that is not STOPPED. */
export function pauseDraft(
  draft: SceneDraft,
  reason: SessionReason,
  now: Date,
  actor: SessionActor | null = null,
): void {
  draft.update({ status: 'PAUSED', reason, actor, wakeAt: draft.session.wrapUpUntil });
  releaseQueuedCalls(draft, now);
}

function releaseQueuedCalls(draft: SceneDraft, now: Date): void {
  for (const { call, item } of draft.live) {
    if (call.state !== 'QUEUED') continue;
    draft.complete(
      releasedUnplaced(call, 'not_placed', 'The session was paused first.', now),
      item,
    );
  }
}

/**
 * No call may go through the session's connection any more: an admin disabled or removed it. The session does not move to another
 * one by itself: where no phone rang, real ones would, and what was cleared for one carrier is not cleared for another (P8).
 */
export function pauseWithoutConnection(scene: Scene, message: string, now: Date): Controlled {
  if (scene.session.status !== 'RUNNING') return { kind: 'refused', because: 'not_running' };
  const draft = new SceneDraft(scene, now);
  pauseDraft(draft, 'connection_unavailable', now);
  draft.update({ outage: outageAfterFailure(null, message, () => 0, now) });
  return changed(draft);
}

export function resume(scene: Scene, now: Date): Controlled {
  const { status, wrapUpUntil } = scene.session;
  if (status === 'STOPPED') return { kind: 'refused', because: 'session_stopped' };
  if (status === 'RUNNING') return { kind: 'refused', because: 'not_paused' };
  const draft = new SceneDraft(scene, now);
  draft.update({
    status: 'RUNNING',
    reason: null,
    outage: null,
    drySince: null,
    wakeAt: wrapUpUntil ?? now,
  });
  return changed(draft);
}

/** Unanswered calls are cancelled; a conversation is left alone and still recorded. */
export function stop(
  scene: Scene,
  reason: SessionReason,
  capabilities: TelephonyCapabilities,
  now: Date,
  actor: SessionActor | null = null,
): Controlled {
  if (scene.session.status === 'STOPPED') return { kind: 'refused', because: 'session_stopped' };
  const draft = new SceneDraft(scene, now);
  draft.update({
    status: 'STOPPED',
    reason,
    actor,
    stoppedAt: now,
    wakeAt: null,
    wrapUpUntil: null,
    nextRoundAt: null,
    outage: null,
  });
  cancelOthers(draft, draft.conversation?.id ?? null, 'session_stopped', capabilities, now);
  return changed(draft);
}

/**
 * Does to the calls of a session that is not RUNNING what its pause or stop should have done: for rows that were changed
 * past the dialer, or restored from an older copy. null: nothing is left to do.
 */
export function cancelUnwanted(
  scene: Scene,
  capabilities: TelephonyCapabilities,
  now: Date,
): SceneChange | null {
  const { status } = scene.session;
  if (status === 'RUNNING') return null;
  const draft = new SceneDraft(scene, now);
  if (status === 'PAUSED') releaseQueuedCalls(draft, now);
  else cancelOthers(draft, draft.conversation?.id ?? null, 'session_stopped', capabilities, now);
  const change = draft.change();
  return change.calls === undefined ? null : change;
}

/** The agent ends one call. */
export function hangUp(
  scene: SceneOfCall,
  capabilities: TelephonyCapabilities,
  now: Date,
):
  | { kind: 'changed'; change: SceneChange }
  | { kind: 'refused'; because: 'call_not_live' | 'provider_cannot' } {
  const { call, item } = scene.subject;
  if (!isLive(call)) return { kind: 'refused', because: 'call_not_live' };
  const draft = new SceneDraft(scene, now);
  if (call.state === 'QUEUED') {
    draft.complete(releasedUnplaced(call, 'agent_hung_up', 'The agent took it back.', now), item);
    if (draft.session.status === 'RUNNING') draft.update({ wakeAt: now });
  } else {
    if (!capabilities.canHangUp) return { kind: 'refused', because: 'provider_cannot' };
    draft.putLive(
      withHangUpRepeated(withCancellation(call, 'agent_hung_up', true, now), now),
      item,
    );
  }
  return { kind: 'changed', change: draft.change() };
}

/** The outage after one more failure of the provider: when it began, how many failures, and when to ask again. */
export function outageAfterFailure(
  outage: ProviderOutage | null,
  message: string,
  retryAfterMs: (failures: number) => number,
  now: Date,
): ProviderOutage {
  const failures = (outage?.failures ?? 0) + 1;
  return {
    since: outage?.since ?? now,
    failures,
    message,
    retryAt: addMs(now, retryAfterMs(failures)),
  };
}
