import { addMs } from '../call/deadlines.js';
import type { Scene } from '../ports/dialer-store.js';
import type { Controlled } from './control.js';
import { SceneDraft } from './scene.js';

/**
 * A page renews its hold every few seconds. A page that closed or crashed stops renewing, and the wrap-up then ends after at
 * most this long.
 */
export const WRAP_UP_HOLD_LEASE_MS = 15_000;

/** A note that keeps the focus while its agent is away does not hold the wrap-up for ever: counted from its begin. */
export const WRAP_UP_HELD_AT_MOST_MS = 10 * 60_000;

/** The agent is ready for the next person: ends the wrap-up, or the pause between two rounds, now. */
export function dialNext(scene: Scene, now: Date): Controlled {
  const { session } = scene;
  if (session.status === 'STOPPED') return { kind: 'refused', because: 'session_stopped' };
  if (session.status === 'PAUSED') return { kind: 'refused', because: 'not_running' };
  const draft = new SceneDraft(scene, now);
  const isBetweenRounds = session.wrapUpUntil !== null || session.nextRoundAt !== null;
  if (draft.conversation !== null || !isBetweenRounds) {
    return { kind: 'refused', because: 'no_wrap_up' };
  }
  draft.update({ wrapUpUntil: null, nextRoundAt: now, wakeAt: now });
  return { kind: 'changed', change: draft.change() };
}

/**
 * The agent is still at work on the last conversation (a note has the focus): the wrap-up lasts at least
 * `WRAP_UP_HOLD_LEASE_MS` longer. It never gets shorter, and past `WRAP_UP_HELD_AT_MOST_MS` nothing extends it.
 */
export function holdWrapUp(scene: Scene, now: Date): Controlled {
  const { status, phase, phaseSince, wrapUpUntil } = scene.session;
  if (status === 'STOPPED') return { kind: 'refused', because: 'session_stopped' };
  if (phase !== 'WRAP_UP' || wrapUpUntil === null || wrapUpUntil <= now) {
    return { kind: 'refused', because: 'no_wrap_up' };
  }
  const latest = addMs(phaseSince, WRAP_UP_HELD_AT_MOST_MS);
  const leased = addMs(now, WRAP_UP_HOLD_LEASE_MS);
  const until = leased < latest ? leased : latest;
  const draft = new SceneDraft(scene, now);
  if (until > wrapUpUntil) draft.update({ wrapUpUntil: until, wakeAt: until });
  return { kind: 'changed', change: draft.change() };
}
