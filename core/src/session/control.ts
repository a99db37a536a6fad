import { isLive } from '../call/call.js';
import { after } from '../call/deadlines.js';
import { askedAgain, givenBack, withCancellation } from '../call/transitions.js';
import type { Scene, SceneChange, SceneOfCall } from '../ports/dialer-store.js';
import type { TelephonyCapabilities } from '../ports/telephony.js';
import { cancelOthers } from './apply-facts.js';
import { SceneDraft } from './scene.js';
import type { ProviderTrouble, SessionReason } from './session.js';

/** A person, or the state of the world, wants the session otherwise. Each answers what it did or why it refuses. */
export type Refusal = 'session_stopped' | 'not_running' | 'not_paused';
export type Controlled =
  | { readonly kind: 'changed'; readonly change: SceneChange }
  | { readonly kind: 'refused'; readonly because: Refusal };

const changed = (draft: SceneDraft): Controlled => ({ kind: 'changed', change: draft.change() });

/** No new calls; live ones go on. What is claimed and not yet placed goes back to the queue. */
export function pause(scene: Scene, reason: SessionReason, now: Date): Controlled {
  const { status } = scene.session;
  if (status === 'STOPPED') return { kind: 'refused', because: 'session_stopped' };
  if (status === 'PAUSED') return { kind: 'refused', because: 'not_running' };
  const draft = new SceneDraft(scene, now);
  pauseDraft(draft, reason, now);
  return changed(draft);
}

/** The same in the midst of another decision about a session that is not STOPPED. */
export function pauseDraft(draft: SceneDraft, reason: SessionReason, now: Date): void {
  draft.update({ status: 'PAUSED', reason, wakeAt: draft.session.wrapUpUntil });
  giveBackQueued(draft, now);
}

function giveBackQueued(draft: SceneDraft, now: Date): void {
  for (const { call, item } of draft.live) {
    if (call.state !== 'QUEUED') continue;
    draft.complete(givenBack(call, 'not_placed', 'The session was paused first.', now), item);
  }
}

/**
 * The server calls through another provider than the one that the session was started with. Nobody asked for that: where
 * nobody's phone rang, real ones would, and what was cleared for one provider is not cleared for the other (P8).
 */
export const startedElsewhere = (started: string, now: string): string =>
  `It was started with the provider ${started}, and calls go through ${now} now. Stop it, and start a new session.`;

export function pauseStartedElsewhere(scene: Scene, provider: string, now: Date): Controlled {
  if (scene.session.status !== 'RUNNING') return { kind: 'refused', because: 'not_running' };
  const draft = new SceneDraft(scene, now);
  pauseDraft(draft, 'provider_changed', now);
  const message = startedElsewhere(scene.session.provider, provider);
  draft.update({ trouble: inTrouble(null, message, () => 0, now) });
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
    trouble: null,
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
): Controlled {
  if (scene.session.status === 'STOPPED') return { kind: 'refused', because: 'session_stopped' };
  const draft = new SceneDraft(scene, now);
  draft.update({
    status: 'STOPPED',
    reason,
    stoppedAt: now,
    wakeAt: null,
    wrapUpUntil: null,
    nextRoundAt: null,
    trouble: null,
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
  if (status === 'PAUSED') giveBackQueued(draft, now);
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
    draft.complete(givenBack(call, 'agent_hung_up', 'The agent took it back.', now), item);
    if (draft.session.status === 'RUNNING') draft.update({ wakeAt: now });
  } else {
    if (!capabilities.canHangUp) return { kind: 'refused', because: 'provider_cannot' };
    draft.putLive(askedAgain(withCancellation(call, 'agent_hung_up', true, now), now), item);
  }
  return { kind: 'changed', change: draft.change() };
}

/** The provider cannot be worked with: wait, growing, and say so. */
export function inTrouble(
  trouble: ProviderTrouble | null,
  message: string,
  retryAfterMs: (failures: number) => number,
  now: Date,
): ProviderTrouble {
  const failures = (trouble?.failures ?? 0) + 1;
  return {
    since: trouble?.since ?? now,
    failures,
    message,
    retryAt: after(now, retryAfterMs(failures)),
  };
}
