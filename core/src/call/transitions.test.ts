import {
  aCompletedCall,
  aConversation,
  aDialingCall,
  aQueuedCall,
  aRingingCall,
  savedAs,
  secondsAfter,
} from '@outdial/testing/builders';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cancellation, LiveCall } from './call.js';
import type { CallFacts, EndCause } from './facts.js';
import type { Outcome } from './outcome.js';
import {
  dispositionOf,
  type Knowledge,
  mergeKnowledge,
  outcomeOf,
  releasedUnplaced,
  toCompletedCall,
  toLiveCall,
  withCancellation,
} from './transitions.js';

const cancelledAt = (seconds: number): Cancellation => ({
  requestedAt: secondsAfter(seconds),
  reason: 'another_line_connected',
  askAt: null,
  asked: 1,
});
const knowing = (facts: CallFacts): Knowledge => mergeKnowledge(aDialingCall('a'), facts);

describe('what is known of a call', () => {
  it('stays, whatever a later event says', () => {
    const call = aConversation('a');
    const known = mergeKnowledge(call, {
      providerCallId: 'another',
      ringingAt: secondsAfter(9),
      answeredAt: secondsAfter(9),
    });
    expect(known).toMatchObject({
      providerCallId: call.providerCallId,
      ringingAt: call.ringingAt,
      answeredAt: call.answeredAt,
    });
  });

  it('an answer counts as a person until the provider reports a machine', () => {
    expect(knowing({ answeredAt: secondsAfter(3) }).answeredBy).toBe('PERSON');
    expect(mergeKnowledge(aConversation('a'), { answeredBy: 'MACHINE' }).answeredBy).toBe(
      'MACHINE',
    );
  });

  it('what is known of a call does not take a machine for a person again', () => {
    const machine = aConversation('a', { answeredBy: 'MACHINE', winner: false });
    expect(mergeKnowledge(machine, { answeredBy: 'PERSON' }).answeredBy).toBe('MACHINE');
  });

  it('a call without an answer has no `answeredBy`', () => {
    expect(knowing({ answeredBy: 'MACHINE' }).answeredBy).toBeNull();
  });

  it('the knowledge of a call is the same in any order of facts, and with repeated facts', () => {
    const facts: CallFacts[] = [
      { providerCallId: 'n1' },
      { ringingAt: secondsAfter(1) },
      { answeredAt: secondsAfter(4) },
      { answeredAt: secondsAfter(4), answeredBy: 'MACHINE' },
    ];
    const learnAll = (order: readonly CallFacts[]): LiveCall =>
      order.reduce<Exclude<LiveCall, { state: 'QUEUED' }>>(
        (call, next) => {
          const then = toLiveCall(call, mergeKnowledge(call, next), false);
          return then.state === 'QUEUED' ? call : then;
        },
        aDialingCall('a', { providerCallId: null }),
      );
    const twice = [...facts, ...facts];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(twice, { minLength: twice.length, maxLength: twice.length }),
        (order) => {
          expect(learnAll(order)).toEqual(learnAll(facts));
        },
      ),
    );
  });

  it('what is known of a call is as good as the provider’s yes when its answer was lost', () => {
    const lost = aDialingCall('a', { placement: 'UNKNOWN', checks: 3 });
    expect(
      toLiveCall(lost, mergeKnowledge(lost, { ringingAt: secondsAfter(2) }), false),
    ).toMatchObject({
      state: 'RINGING',
      placement: 'ACCEPTED',
      checks: 0,
    });
  });

  it('what is known of a call never moves a call back: who rings after the pick-up still talks', () => {
    const call = aConversation('a', { ringingAt: null });
    expect(toLiveCall(call, mergeKnowledge(call, { ringingAt: secondsAfter(1) }), true).state).toBe(
      'IN_PROGRESS',
    );
  });
});

describe('how a call comes out', () => {
  const ended = (endCause: EndCause | null, at = 30): CallFacts => ({
    endedAt: secondsAfter(at),
    ...(endCause && { endCause }),
  });
  const person: CallFacts = { answeredAt: secondsAfter(5) };
  const machine: CallFacts = { ...person, answeredBy: 'MACHINE' };

  it.each<[string, CallFacts, { winner?: boolean; cancelled?: number }, Outcome]>([
    ['the winner talked', { ...person, ...ended('hangup') }, { winner: true }, 'CONNECTED'],
    ['a person answered, but another had won', { ...person, ...ended('hangup') }, {}, 'ABANDONED'],
    [
      'a person answered although it was cancelled',
      { ...person, ...ended('canceled') },
      { cancelled: 3 },
      'ABANDONED',
    ],
    ['a machine answered', { ...machine, ...ended('hangup') }, {}, 'VOICEMAIL'],
    [
      'a machine answered and was hung up',
      { ...machine, ...ended('canceled') },
      { cancelled: 6 },
      'VOICEMAIL',
    ],
    ['the mailbox took it', ended('voicemail'), {}, 'VOICEMAIL'],
    ['no answer', ended('no_answer'), {}, 'NO_ANSWER'],
    ['the line was busy', ended('busy'), {}, 'BUSY'],
    ['the network failed', ended('failed'), {}, 'FAILED'],
    ['the other side cancelled it', ended('canceled'), {}, 'NO_ANSWER'],
    ['it ended for an unknown reason', ended(null), {}, 'NO_ANSWER'],
    ['the dialer cancelled it', ended('canceled', 12), { cancelled: 10 }, 'CANCELED_BY_DIALER'],
    [
      'it ended as we cancelled it',
      ended('no_answer', 10),
      { cancelled: 10 },
      'CANCELED_BY_DIALER',
    ],
    ['it had been busy before we cancelled it', ended('busy', 9), { cancelled: 10 }, 'BUSY'],
  ])('%s', (_, facts, { winner = false, cancelled }, outcome) => {
    const cancellation = cancelled === undefined ? null : cancelledAt(cancelled);
    const call = aRingingCall('a', { cancellation });
    expect(outcomeOf(call, mergeKnowledge(call, facts), winner)).toBe(outcome);
  });

  it('how a call comes out counts the seconds of a conversation, whole, and of nothing else', () => {
    const talked = (winner: boolean) => {
      const call = aConversation('a', { winner });
      const known = mergeKnowledge(call, { endedAt: new Date(secondsAfter(65).getTime() + 400) });
      return toCompletedCall(call, known, outcomeOf(call, known, winner), winner, secondsAfter(70));
    };
    expect(talked(true).talkSeconds).toBe(60);
    expect(talked(false).talkSeconds).toBe(0);
  });

  it('how a call comes out never ends before it began, though the provider’s clock is behind', () => {
    const call = aConversation('a');
    const known = mergeKnowledge(call, { endedAt: secondsAfter(2) });
    expect(toCompletedCall(call, known, 'CONNECTED', true, secondsAfter(9))).toMatchObject({
      endedAt: call.answeredAt,
      talkSeconds: 0,
    });
  });

  it('a completed call is due at the CRM immediately', () => {
    const call = aRingingCall('a');
    const known = mergeKnowledge(call, { endedAt: secondsAfter(9) });
    expect(toCompletedCall(call, known, 'NO_ANSWER', false, secondsAfter(10)).crm).toMatchObject({
      state: 'PENDING',
      revision: 0,
      dueAt: secondsAfter(10),
    });
  });

  it('a released call was never dialed', () => {
    expect(
      releasedUnplaced(aQueuedCall('a'), 'not_placed', 'Paused.', secondsAfter(1)),
    ).toMatchObject({
      state: 'COMPLETED',
      outcome: 'CANCELED_BY_DIALER',
      dialedAt: null,
      reason: 'Paused.',
    });
  });

  it('how a call comes out shows the agent’s word rather than the outcome’s', () => {
    const call = aCompletedCall('a', { outcome: 'CONNECTED' });
    const disposition = savedAs('Interested', { savedAt: secondsAfter(1) });
    expect(dispositionOf(call)).toBe('Connected - Conversation');
    expect(dispositionOf({ ...call, disposition })).toBe('Interested');
  });
});

describe('asking for a call to end', () => {
  it('asking for a call to end keeps the first reason', () => {
    const first = withCancellation(aRingingCall('a'), 'session_stopped', true, secondsAfter(3));
    expect(withCancellation(first, 'another_line_connected', true, secondsAfter(4))).toBe(first);
  });

  it('a cancellation makes no request where the provider cannot hang up', () => {
    const call = withCancellation(aRingingCall('a'), 'session_stopped', false, secondsAfter(3));
    expect(call.cancellation).toMatchObject({ askAt: null, requestedAt: secondsAfter(3) });
  });
});
