import { aConversation, aScene, aSceneOf, secondsAfter, WIRED } from '@outdial/testing/builders';
import { describe, expect, it } from 'vitest';
import type { SceneChange } from '../ports/dialer-store.js';
import { applyFacts } from './apply-facts.js';
import { type Controlled, pause } from './control.js';
import type { Session } from './session.js';
import { dialNext, holdWrapUp, WRAP_UP_HELD_AT_MOST_MS, WRAP_UP_HOLD_LEASE_MS } from './wrap-up.js';

const now = secondsAfter(60);
const inWrapUp = (more: Partial<Session> = {}): Partial<Session> => ({
  phase: 'WRAP_UP',
  phaseSince: secondsAfter(58),
  winnerCallId: 'a',
  wrapUpUntil: secondsAfter(65),
  wakeAt: secondsAfter(65),
  ...more,
});
const changeOf = (answer: Controlled): SceneChange => {
  if (answer.kind === 'refused') throw new Error(`refused: ${answer.because}`);
  return answer.change;
};

describe('dial next', () => {
  it('dial next begins the next round now, whatever is left of the wrap-up and the pause', () => {
    const { session } = changeOf(dialNext(aScene([], inWrapUp()), now));
    expect(session).toMatchObject({ wrapUpUntil: null, nextRoundAt: now, wakeAt: now });
    expect(session?.phase).toBe('DIALING');
  });

  it('dial next cuts the pause between two rounds short', () => {
    const delay = { phase: 'DELAY' as const, nextRoundAt: secondsAfter(90) };
    expect(changeOf(dialNext(aScene([], delay), now)).session).toMatchObject({ nextRoundAt: now });
  });

  it.each([
    ['while phones ring', aScene([]), 'no_wrap_up'],
    ['during a conversation', aSceneOf(aConversation('a')), 'no_wrap_up'],
    ['in a paused session', aScene([], inWrapUp({ status: 'PAUSED' })), 'not_running'],
    ['in a stopped session', aScene([], { status: 'STOPPED' }), 'session_stopped'],
  ] as const)('is refused %s', (_, scene, because) => {
    expect(dialNext(scene, now)).toEqual({ kind: 'refused', because });
  });
});

describe('a held wrap-up', () => {
  it('a held wrap-up lasts one lease from each renewal', () => {
    const { session } = changeOf(holdWrapUp(aScene([], inWrapUp()), now));
    const until = new Date(now.getTime() + WRAP_UP_HOLD_LEASE_MS);
    expect(session).toMatchObject({ phase: 'WRAP_UP', wrapUpUntil: until, wakeAt: until });
  });

  it('a held wrap-up gets no shorter where more than a lease is left', () => {
    const long = inWrapUp({ wrapUpUntil: secondsAfter(600) });
    expect(changeOf(holdWrapUp(aScene([], long), now)).session).toBeUndefined();
  });

  it('a held wrap-up ends ten minutes after it began, however often it is renewed', () => {
    let scene = aScene([], inWrapUp());
    let at = now;
    for (;;) {
      const held = holdWrapUp(scene, at);
      if (held.kind === 'refused') break;
      scene = { ...scene, session: held.change.session ?? scene.session };
      at = secondsAfter(5, at);
      expect(at < secondsAfter(700)).toBe(true);
    }
    const begun = secondsAfter(58).getTime();
    expect(scene.session.wrapUpUntil).toEqual(new Date(begun + WRAP_UP_HELD_AT_MOST_MS));
  });

  it('a held wrap-up is held also while the session is paused, and wakes it when the hold ends', () => {
    const paused = changeOf(pause(aScene([], inWrapUp()), 'requested_by_user', now)).session;
    const { session } = changeOf(holdWrapUp(aScene([], paused ?? {}), now));
    expect(session?.wakeAt).toEqual(session?.wrapUpUntil);
    expect(session).toMatchObject({ status: 'PAUSED', phase: 'WRAP_UP' });
  });

  it.each([
    ['during a conversation', aSceneOf(aConversation('a')), 'no_wrap_up'],
    ['once it is over', aScene([], inWrapUp({ wrapUpUntil: now })), 'no_wrap_up'],
    ['while phones ring', aScene([]), 'no_wrap_up'],
    ['in a stopped session', aScene([], { status: 'STOPPED' }), 'session_stopped'],
  ] as const)('is refused %s', (_, scene, because) => {
    expect(holdWrapUp(scene, now)).toEqual({ kind: 'refused', because });
  });

  it('a held wrap-up counts its ten minutes from the end of the conversation', () => {
    const scene = aSceneOf(aConversation('a'));
    const ended = applyFacts(scene, { endedAt: now, endCause: 'hangup' }, WIRED, now, true).draft;
    const session = ended.change().session ?? scene.session;
    expect(session).toMatchObject({ phase: 'WRAP_UP', phaseSince: now });
  });
});
