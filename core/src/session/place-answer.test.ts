import {
  aCompletedCall,
  aConversation,
  anAskedCall,
  anItem,
  aQueuedCall,
  aRingingCall,
  aSceneOf,
  secondsAfter,
} from '@outdial/testing/builders';
import { describe, expect, it } from 'vitest';
import type { Call, LiveCall } from '../call/call.js';
import type { SceneChange, SceneOfCall } from '../ports/dialer-store.js';
import type { PlaceAnswer } from '../ports/telephony.js';
import { outageAfterFailure } from './control.js';
import { applyPlaceAnswer } from './place-answer.js';

const now = secondsAfter(3);
const accepted: PlaceAnswer = { kind: 'accepted', providerCallId: 'n1' };
const unknown: PlaceAnswer = { kind: 'unknown', message: 'No answer.' };
const refused = (
  because: Extract<PlaceAnswer, { kind: 'refused' }>['because'],
  retryAfterSeconds?: number,
): PlaceAnswer => ({
  kind: 'refused',
  because,
  message: 'It said no.',
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
});

const apply = (scene: SceneOfCall, answer: PlaceAnswer): SceneChange =>
  applyPlaceAnswer(scene, answer, now).change();
const callIn = (change: SceneChange, id = 'a'): Call | undefined =>
  change.calls?.find((call) => call.id === id);
const asked = anAskedCall('a');
const cancelled = anAskedCall('a', {
  cancellation: {
    requestedAt: secondsAfter(2),
    reason: 'another_line_connected',
    askAt: secondsAfter(4),
    asked: 1,
  },
});

describe('a provider that takes a call', () => {
  it('a provider that takes a call is believed, and asked about it once the phone must have stopped ringing', () => {
    expect(callIn(apply(aSceneOf(asked), accepted))).toMatchObject({
      placement: 'ACCEPTED',
      providerCallId: 'n1',
      deadlineAt: secondsAfter(25 + 20, now),
    });
  });

  it('a provider that takes a call ends the outage: the other lines are filled', () => {
    const outage = outageAfterFailure(null, 'Down.', () => 60_000, now);
    expect(apply(aSceneOf(asked, [], { outage }), accepted).session).toMatchObject({
      outage: null,
      wakeAt: now,
    });
  });

  it('a provider that takes a call does not take back what its events have told already', () => {
    const ringing = aRingingCall('a', { placement: 'ASKED', providerCallId: 'n0' });
    expect(callIn(apply(aSceneOf(ringing), accepted))).toMatchObject({
      state: 'RINGING',
      providerCallId: 'n0',
    });
    const talks = aConversation('a');
    expect(callIn(apply(aSceneOf(talks), accepted))?.state).toBe('IN_PROGRESS');
  });

  it('a provider that takes a call does not take back that another line has won meanwhile', () => {
    expect(callIn(apply(aSceneOf(cancelled), accepted))?.cancellation).toEqual(
      cancelled.cancellation,
    );
  });

  it('an answer is too late for a completed call, and for one that was not asked for', () => {
    expect(apply(aSceneOf(aCompletedCall('a')), accepted)).toEqual({});
    expect(apply(aSceneOf(aQueuedCall('a')), accepted)).toEqual({});
  });
});

describe('an answer that was lost', () => {
  it('an answer that was lost makes the dialer look the call up soon, and never place it again', () => {
    expect(callIn(apply(aSceneOf(asked), unknown))).toMatchObject({
      state: 'DIALING',
      placement: 'UNKNOWN',
      deadlineAt: secondsAfter(6, now),
    });
  });

  it('an answer that was lost is no loss once an event has told of the call', () => {
    expect(apply(aSceneOf(aRingingCall('a')), unknown)).toEqual({});
  });
});

describe('a provider that refuses a call', () => {
  it('a provider that refuses a call for good: the call has failed, and the session goes on', () => {
    const change = apply(aSceneOf(asked), refused('number'));
    expect(callIn(change)).toMatchObject({ outcome: 'FAILED', reason: 'It said no.' });
    expect(change.session).toMatchObject({ status: 'RUNNING', wakeAt: now });
    expect(change.items).toMatchObject([{ state: 'PENDING', lastOutcome: 'FAILED' }]);
  });

  it('a provider that refuses a call for now: the same call is tried again after a growing while, and the agent sees why', () => {
    const first = apply(aSceneOf(asked), refused('later'));
    expect(callIn(first)).toMatchObject({ state: 'QUEUED', placeAt: secondsAfter(2, now) });
    expect(first.session).toMatchObject({
      reason: 'provider_unavailable',
      outage: { failures: 1, message: 'It said no.' },
    });
    const earlier = outageAfterFailure(null, 'Down.', () => 0, secondsAfter(1));
    const second = apply(aSceneOf(asked, [], { outage: earlier }), refused('later'));
    expect(second.session?.outage).toMatchObject({
      failures: 2,
      since: secondsAfter(1),
      retryAt: secondsAfter(4, now),
    });
  });

  it('a provider that refuses a call for as long as it says itself', () => {
    expect(callIn(apply(aSceneOf(asked), refused('later', 50)))).toMatchObject({
      placeAt: secondsAfter(50, now),
    });
  });

  it('a provider that refuses a call on several lines at once counts as one failure', () => {
    const outage = outageAfterFailure(null, 'Down.', () => 2_000, now);
    const change = apply(aSceneOf(asked, [], { outage }), refused('later'));
    expect(change.session?.outage ?? outage).toEqual(outage);
    expect(callIn(change)).toMatchObject({ placeAt: outage.retryAt });
  });

  it('because the agent is busy: the lead goes back, and we look again soon', () => {
    const change = apply(aSceneOf(asked), refused('agent_busy'));
    expect(change.items).toEqual([anItem('a', { state: 'PENDING', claimedBySessionId: null })]);
    expect(change.session).toMatchObject({ reason: 'agent_busy', wakeAt: secondsAfter(3, now) });
  });

  it.each([
    ['agent_absent', 'agent_offline'],
    ['configuration', 'provider_refused'],
  ] as const)(
    'because of %s: the session is paused and places none of its other calls',
    (because, reason) => {
      const change = apply(
        aSceneOf(asked, [aQueuedCall('b'), aRingingCall('c')]),
        refused(because),
      );
      expect(change.session).toMatchObject({ status: 'PAUSED', reason });
      expect(callIn(change, 'a')).toMatchObject({ state: 'COMPLETED', dialedAt: null });
      expect(callIn(change, 'b')).toMatchObject({ state: 'COMPLETED', dialedAt: null });
      expect(callIn(change, 'c')).toBeUndefined();
    },
  );

  it.each<[string, LiveCall, object]>([
    ['the call was cancelled meanwhile', cancelled, {}],
    ['the session was paused meanwhile', asked, { status: 'PAUSED' }],
    ['the session was stopped meanwhile', asked, { status: 'STOPPED' }],
  ])('is not asked again when %s', (_, call, session) => {
    expect(callIn(apply(aSceneOf(call, [], session), refused('later')))).toMatchObject({
      state: 'COMPLETED',
      outcome: 'CANCELED_BY_DIALER',
    });
  });

  it('a provider that refuses a call is believed although a look-up found nothing before it answered', () => {
    const lookedFor = anAskedCall('a', { placement: 'UNKNOWN', checks: 1 });
    expect(callIn(apply(aSceneOf(lookedFor), refused('later')))).toMatchObject({ state: 'QUEUED' });
  });

  it('a provider that refuses a call is not believed when an event shows that the phone rings', () => {
    const ringing = aRingingCall('a', { placement: 'ACCEPTED' });
    expect(apply(aSceneOf(ringing), refused('later'))).toEqual({});
  });
});
