import {
  aCompletedCall,
  aConversation,
  aDialingCall,
  anItem,
  aQueuedCall,
  aRingingCall,
  aScene,
  aSceneOf,
  PHONE_APP,
  secondsAfter,
  WIRED,
} from '@outdial/testing/builders';
import { describe, expect, it } from 'vitest';
import type { Call } from '../call/call.js';
import type { SceneChange } from '../ports/dialer-store.js';
import { hangUp, outageAfterFailure, pause, resume, stop } from './control.js';

const now = secondsAfter(10);
const changeOf = (
  answer: { kind: 'changed'; change: SceneChange } | { kind: 'refused'; because: string },
): SceneChange => {
  if (answer.kind === 'refused') throw new Error(`refused: ${answer.because}`);
  return answer.change;
};
const callIn = (change: SceneChange, id: string): Call | undefined =>
  change.calls?.find((call) => call.id === id);

describe('a paused session', () => {
  const live = [aQueuedCall('a'), aRingingCall('b'), aConversation('c')];

  it('a paused session places nothing new and lets live calls go on', () => {
    const change = changeOf(pause(aScene(live), 'requested_by_user', now));
    expect(change.session).toMatchObject({ status: 'PAUSED', reason: 'requested_by_user' });
    expect(change.calls?.map(({ id }) => id)).toEqual(['a']);
  });

  it('a paused session keeps who paused it until there is another reason', () => {
    const robin = { id: 'user-robin', name: 'Robin Ellis' };
    const paused = changeOf(pause(aScene([]), 'requested_by_user', now, robin)).session;
    expect(paused?.actor).toEqual(robin);
    const scene = aScene([], { ...paused });
    expect(changeOf(resume(scene, now)).session?.actor).toBeNull();
    const ended = changeOf(stop(scene, 'queue_exhausted', WIRED, now)).session;
    expect(ended?.actor).toBeNull();
  });

  it('a pause releases the calls that are not placed yet: their leads may be called immediately', () => {
    const change = changeOf(pause(aScene(live), 'requested_by_user', now));
    expect(callIn(change, 'a')).toMatchObject({
      outcome: 'CANCELED_BY_DIALER',
      dialedAt: null,
      cancellation: { reason: 'not_placed' },
    });
    expect(change.items).toEqual([anItem('a', { state: 'PENDING', claimedBySessionId: null })]);
    expect(change.session?.metrics).toMatchObject({ attempted: 3, canceled: 1 });
  });

  it('a paused session still ends the wrap-up of its last conversation', () => {
    const wrapUpUntil = secondsAfter(40);
    const { session } = changeOf(pause(aScene([], { wrapUpUntil }), 'requested_by_user', now));
    expect(session?.wakeAt).toEqual(wrapUpUntil);
  });

  it('a resumed session runs, and its outage is cleared', () => {
    const outage = outageAfterFailure(null, 'Down.', () => 60_000, now);
    const { session } = changeOf(resume(aScene([], { status: 'PAUSED', outage }), now));
    expect(session).toMatchObject({ status: 'RUNNING', reason: null, outage: null, wakeAt: now });
  });
});

describe('a stopped session', () => {
  it('cancels what rings and leaves a conversation alone', () => {
    const live = [aQueuedCall('a'), aRingingCall('b'), aDialingCall('c'), aConversation('d')];
    const change = changeOf(stop(aScene(live), 'requested_by_user', WIRED, now));
    expect(change.session).toMatchObject({ status: 'STOPPED', stoppedAt: now, phase: 'ON_CALL' });
    expect(callIn(change, 'a')).toMatchObject({ outcome: 'CANCELED_BY_DIALER' });
    for (const id of ['b', 'c']) {
      expect(callIn(change, id)?.cancellation).toMatchObject({
        reason: 'session_stopped',
        askAt: now,
      });
    }
    expect(callIn(change, 'd')).toBeUndefined();
  });

  it('a stopped session lets phones ring out where the provider cannot hang up', () => {
    const change = changeOf(stop(aScene([aRingingCall('a')]), 'requested_by_user', PHONE_APP, now));
    expect(callIn(change, 'a')?.cancellation).toMatchObject({ askAt: null });
  });

  it('a stopped session has no wrap-up and no next round', () => {
    const scene = aScene([], { wrapUpUntil: secondsAfter(40), nextRoundAt: secondsAfter(50) });
    expect(changeOf(stop(scene, 'requested_by_user', WIRED, now)).session).toMatchObject({
      wrapUpUntil: null,
      nextRoundAt: null,
      wakeAt: null,
      phase: 'STOPPED',
    });
  });
});

describe('what makes no sense now is refused', () => {
  const refusal = (because: string) => ({ kind: 'refused', because });
  it.each([
    [
      'pausing a stopped session',
      pause(aScene([], { status: 'STOPPED' }), 'requested_by_user', now),
      'session_stopped',
    ],
    [
      'pausing twice',
      pause(aScene([], { status: 'PAUSED' }), 'requested_by_user', now),
      'not_running',
    ],
    [
      'resuming a stopped session',
      resume(aScene([], { status: 'STOPPED' }), now),
      'session_stopped',
    ],
    ['resuming one that runs', resume(aScene([]), now), 'not_paused'],
    [
      'stopping twice',
      stop(aScene([], { status: 'STOPPED' }), 'requested_by_user', WIRED, now),
      'session_stopped',
    ],
    [
      'hanging up a call that is over',
      hangUp(aSceneOf(aCompletedCall('a')), WIRED, now),
      'call_not_live',
    ],
    [
      'hanging up where the provider cannot',
      hangUp(aSceneOf(aRingingCall('a')), PHONE_APP, now),
      'provider_cannot',
    ],
  ])('%s', (_, answer, because) => {
    expect(answer).toEqual(refusal(because));
  });
});

describe('an agent who hangs up', () => {
  it('an agent who hangs up ends a conversation, which stays the winner', () => {
    const change = changeOf(hangUp(aSceneOf(aConversation('a')), WIRED, now));
    expect(callIn(change, 'a')).toMatchObject({
      state: 'IN_PROGRESS',
      winner: true,
      cancellation: { reason: 'agent_hung_up', askAt: now },
    });
  });

  it('an agent who hangs up and does so again, because the call goes on, has the provider asked again', () => {
    const cancellation = {
      requestedAt: secondsAfter(5),
      reason: 'agent_hung_up',
      askAt: null,
      asked: 1,
    } as const;
    const change = changeOf(hangUp(aSceneOf(aConversation('a', { cancellation })), WIRED, now));
    expect(callIn(change, 'a')).toMatchObject({ cancellation: { askAt: now, asked: 1 } });
  });

  it('an agent takes back a call that is not placed yet, whatever the provider can do', () => {
    const change = changeOf(hangUp(aSceneOf(aQueuedCall('a')), PHONE_APP, now));
    expect(callIn(change, 'a')).toMatchObject({ state: 'COMPLETED', dialedAt: null });
    expect(change.session?.wakeAt).toEqual(now);
  });
});

it('a provider outage starts at its first failure and counts the failures', () => {
  const delay = (failures: number): number => failures * 1000;
  const first = outageAfterFailure(null, 'Down.', delay, now);
  const second = outageAfterFailure(first, 'Still down.', delay, secondsAfter(20));
  expect(second).toEqual({
    since: now,
    failures: 2,
    message: 'Still down.',
    retryAt: secondsAfter(22),
  });
});
