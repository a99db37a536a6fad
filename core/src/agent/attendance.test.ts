import {
  aConversation,
  aDialingCall,
  aQueuedCall,
  aRingingCall,
  aSceneOf,
  NOON,
  PHONE_APP,
  secondsAfter,
  WIRED,
  withSettings,
} from '@outdial/testing/builders';
import { describe, expect, it } from 'vitest';
import { applyFacts } from '../session/apply-facts.js';
import { asksForAgent, isWithinReach, wasThere } from './attendance.js';

const now = secondsAfter(60);
const answers = { answeredAt: now };

describe('whether the agent is there is asked', () => {
  it('whether the agent is there is asked when a person answers where only a screen tells', () => {
    expect(asksForAgent(aSceneOf(aRingingCall('a')), answers, WIRED)).toBe(true);
    expect(asksForAgent(aSceneOf(aDialingCall('a')), answers, WIRED)).toBe(true);
  });

  it.each([
    ['of a machine', aSceneOf(aRingingCall('a')), { ...answers, answeredBy: 'MACHINE' }, WIRED],
    ['of a phone that rings', aSceneOf(aRingingCall('a')), { ringingAt: now }, WIRED],
    ['of a conversation that goes on', aSceneOf(aConversation('a')), answers, WIRED],
    ['of a call that was not placed', aSceneOf(aQueuedCall('a')), answers, WIRED],
    ['beside a conversation', aSceneOf(aRingingCall('b'), [aConversation('a')]), answers, WIRED],
    ['where the provider knows', aSceneOf(aRingingCall('a')), answers, PHONE_APP],
    [
      'of an unattended session',
      aSceneOf(aRingingCall('a'), [], { settings: withSettings({ pauseWhenAwaySeconds: 0 }) }),
      answers,
      WIRED,
    ],
  ] as const)('not %s', (_, scene, facts, capabilities) => {
    expect(asksForAgent(scene, facts, capabilities)).toBe(false);
  });
});

describe('an agent was there for the person who answered', () => {
  it.each([
    ['with a live screen', now, now, true],
    ['while the page was being loaded again', secondsAfter(52), now, true],
    ['when the screen went after the answer', secondsAfter(30), secondsAfter(25), true],
    ['not when the last screen was gone before', secondsAfter(49), now, false],
    ['not without a screen ever', null, now, false],
    ['whatever a provider says that lies in the future', now, secondsAfter(9_999), true],
  ] as const)('%s', (_, lastLive, answeredAt, expected) => {
    expect(wasThere(lastLive, answeredAt, now)).toBe(expected);
  });
});

it('an agent is within reach for as long as the settings allow after the last screen', () => {
  const { session } = aSceneOf(aRingingCall('a'));
  expect(isWithinReach(session, secondsAfter(1), now)).toBe(true);
  expect(isWithinReach(session, NOON, now)).toBe(false);
  expect(isWithinReach(session, null, now)).toBe(false);
});

describe('a person who answers while no screen is there', () => {
  const scene = aSceneOf(aRingingCall('a'), [aRingingCall('b'), aQueuedCall('c')]);
  const change = applyFacts(scene, answers, WIRED, now, false).draft.change();
  const call = (id: string) => change.calls?.find((one) => one.id === id);

  it('a person who answers while no screen is there is hung up on and wins no round', () => {
    expect(call('a')).toMatchObject({
      state: 'IN_PROGRESS',
      winner: false,
      cancellation: { reason: 'agent_absent', askAt: now },
    });
    expect(change.session?.winnerCallId).toBeNull();
  });

  it('a person who answers while no screen is there is the last one: the session pauses, phones that ring are cancelled, leads not called yet go back', () => {
    expect(change.session).toMatchObject({ status: 'PAUSED', reason: 'agent_absent' });
    expect(call('b')).toMatchObject({ cancellation: { reason: 'agent_absent' } });
    expect(call('c')).toMatchObject({ state: 'COMPLETED', dialedAt: null });
    expect(change.items).toMatchObject([{ state: 'PENDING', attempts: 0 }]);
  });

  it('a call answered without an agent is ABANDONED, also when only its end is reported', () => {
    const facts = { answeredAt: secondsAfter(50), endedAt: now, endCause: 'hangup' } as const;
    const told = applyFacts(scene, facts, WIRED, now, false).draft.change();
    expect(told.calls?.find((one) => one.id === 'a')).toMatchObject({
      state: 'COMPLETED',
      outcome: 'ABANDONED',
      winner: false,
      talkSeconds: 0,
    });
    expect(told.session).toMatchObject({ wrapUpUntil: null, status: 'PAUSED' });
  });
});
