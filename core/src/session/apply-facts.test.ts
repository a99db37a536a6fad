import {
  aCompletedCall,
  aConversation,
  aDialingCall,
  anItem,
  aQueuedCall,
  aRingingCall,
  aSceneOf,
  NOON,
  PHONE_APP,
  savedAs,
  secondsAfter,
  WIRED,
  withSettings,
} from '@outdial/testing/builders';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Call, isLive } from '../call/call.js';
import type { CallFacts } from '../call/facts.js';
import { meaningOf } from '../call/outcome.js';
import type { SceneChange, SceneOfCall } from '../ports/dialer-store.js';
import { applyFacts } from './apply-facts.js';
import { wantsToDial } from './fill-lines.js';

const now = secondsAfter(10);
const personAnswers: CallFacts = { answeredAt: secondsAfter(8), answeredBy: 'PERSON' };
const machineAnswers: CallFacts = { answeredAt: secondsAfter(8), answeredBy: 'MACHINE' };
const ends = (seconds = 9): CallFacts => ({ endedAt: secondsAfter(seconds), endCause: 'hangup' });

const apply = (scene: SceneOfCall, facts: CallFacts, capabilities = WIRED, at = now) =>
  applyFacts(scene, facts, capabilities, at, true).draft.change();
const callIn = (change: SceneChange, id: string): Call | undefined =>
  change.calls?.find((call) => call.id === id);
const itemIn = (change: SceneChange, callId: string) =>
  change.items?.find((item) => item.id === anItem(callId).id);

describe('the first person who answers', () => {
  const scene = aSceneOf(aRingingCall('a'), [
    aRingingCall('b'),
    aDialingCall('c'),
    aQueuedCall('d'),
  ]);
  const change = apply(scene, personAnswers);

  it('the first person who answers is the winner of the round', () => {
    expect(change.session).toMatchObject({
      winnerCallId: 'a',
      phase: 'ON_CALL',
      status: 'RUNNING',
    });
    expect(callIn(change, 'a')).toMatchObject({ state: 'IN_PROGRESS', winner: true });
  });

  it('the first person who answers has every other ringing line hung up at once', () => {
    for (const id of ['b', 'c']) {
      expect(callIn(change, id)?.cancellation).toMatchObject({
        reason: 'another_line_connected',
        askAt: now,
      });
    }
  });

  it('spares those whose phone has not rung yet: they are called another time', () => {
    expect(callIn(change, 'd')).toMatchObject({
      state: 'COMPLETED',
      outcome: 'CANCELED_BY_DIALER',
      dialedAt: null,
    });
    expect(itemIn(change, 'd')).toMatchObject({ state: 'PENDING', attempts: 0 });
  });

  it('the first person who answers ends a session that stops at its first conversation', () => {
    const { session } = apply(
      aSceneOf(aRingingCall('a'), [], { afterConnect: 'stop' }),
      personAnswers,
    );
    expect(session).toMatchObject({ status: 'STOPPED', reason: 'first_connect', phase: 'ON_CALL' });
  });

  it('the first person who answers wins although the pick-up is only told with the end of the call', () => {
    const told = apply(aSceneOf(aRingingCall('a'), [aRingingCall('b')]), {
      ...personAnswers,
      ...ends(),
    });
    expect(callIn(told, 'a')).toMatchObject({ outcome: 'CONNECTED', winner: true, talkSeconds: 1 });
    expect(callIn(told, 'b')?.cancellation?.reason).toBe('another_line_connected');
    expect(told.session).toMatchObject({ winnerCallId: 'a', phase: 'WRAP_UP' });
  });

  it('the first person who answers of an earlier round does not win this one', () => {
    const late = apply(aSceneOf(aRingingCall('a', { round: 1 }), [], { round: 2 }), personAnswers);
    expect(callIn(late, 'a')).toMatchObject({ winner: false });
    expect(callIn(late, 'a')?.cancellation?.askAt).toEqual(now);
  });
});

describe('the second person who answers', () => {
  it('the second person who answers is hung up at once', () => {
    const change = apply(aSceneOf(aRingingCall('b'), [aConversation('a')]), personAnswers);
    expect(callIn(change, 'b')).toMatchObject({ state: 'IN_PROGRESS', winner: false });
    expect(callIn(change, 'b')?.cancellation?.askAt).toEqual(now);
    expect(change.session?.winnerCallId ?? 'a').toBe('a');
  });

  it('the second person who answers is asked to hang up once more, though it was asked while it rang', () => {
    const cancelled = aRingingCall('b', {
      cancellation: {
        requestedAt: secondsAfter(7),
        reason: 'another_line_connected',
        askAt: null,
        asked: 1,
      },
    });
    const change = apply(aSceneOf(cancelled, [aConversation('a')]), personAnswers);
    expect(callIn(change, 'b')?.cancellation).toMatchObject({
      askAt: now,
      requestedAt: secondsAfter(7),
    });
  });

  it('the second person who answers is counted as abandoned, and not called again', () => {
    const change = apply(aSceneOf(aRingingCall('b'), [aConversation('a')]), {
      ...personAnswers,
      ...ends(),
    });
    expect(callIn(change, 'b')).toMatchObject({ outcome: 'ABANDONED', talkSeconds: 0 });
    expect(change.session?.metrics).toMatchObject({ attempted: 2, failed: 1, connected: 0 });
    expect(itemIn(change, 'b')).toMatchObject({ state: 'DONE' });
  });
});

describe('a call that was asked to end while it rang', () => {
  const stopped = aRingingCall('a', {
    cancellation: {
      requestedAt: secondsAfter(7),
      reason: 'session_stopped',
      askAt: null,
      asked: 1,
    },
  });

  it('a cancelled call does not win when a person answers it after all', () => {
    const change = apply(aSceneOf(stopped, [], { status: 'STOPPED' }), personAnswers);
    expect(callIn(change, 'a')).toMatchObject({ winner: false });
  });

  it('a call that was asked to end while it rang is the agent’s conversation where the provider cannot hang up', () => {
    const change = apply(aSceneOf(stopped, [], { status: 'STOPPED' }), personAnswers, PHONE_APP);
    expect(callIn(change, 'a')).toMatchObject({ winner: true });
    expect(change.session).toMatchObject({ winnerCallId: 'a', status: 'STOPPED' });
  });
});

describe('a machine that answers', () => {
  it('a machine that answers is hung up, and the other lines ring on', () => {
    const change = apply(aSceneOf(aRingingCall('a'), [aRingingCall('b')]), machineAnswers);
    expect(callIn(change, 'a')?.cancellation).toMatchObject({
      reason: 'machine_answered',
      askAt: now,
    });
    expect(callIn(change, 'b')).toBeUndefined();
    expect(change.session?.winnerCallId ?? null).toBeNull();
  });

  it('a machine that answers loses the round again when it had been taken for a person', () => {
    const change = apply(aSceneOf(aConversation('a')), { answeredBy: 'MACHINE' });
    expect(change.session).toMatchObject({ winnerCallId: null, status: 'RUNNING' });
    expect(callIn(change, 'a')).toMatchObject({ winner: false, answeredBy: 'MACHINE' });
    expect(callIn(change, 'a')?.cancellation?.askAt).toEqual(now);
  });

  it('a machine that answers is no conversation although it is only told at the end', () => {
    const change = apply(aSceneOf(aConversation('a')), { ...machineAnswers, ...ends() });
    expect(callIn(change, 'a')).toMatchObject({
      outcome: 'VOICEMAIL',
      winner: false,
      talkSeconds: 0,
    });
    expect(change.session).toMatchObject({ winnerCallId: null, wrapUpUntil: null, wakeAt: now });
  });
});

describe('the end of a conversation', () => {
  it('the end of a conversation gives the agent time for the disposition', () => {
    const change = apply(aSceneOf(aConversation('a')), ends());
    expect(change.session).toMatchObject({
      phase: 'WRAP_UP',
      wrapUpUntil: secondsAfter(30, now),
      wakeAt: secondsAfter(30, now),
      nextRoundAt: null,
    });
  });

  it('leads to wrap-up also when the disposition was saved during the call', () => {
    const disposition = savedAs('Interested', { savedAt: now });
    const change = apply(aSceneOf(aConversation('a', { disposition })), ends());
    expect(change.session).toMatchObject({
      phase: 'WRAP_UP',
      wrapUpUntil: secondsAfter(30, now),
      nextRoundAt: null,
    });
    expect(itemIn(change, 'a')).toMatchObject({ state: 'DONE' });
  });

  it('leads to the next round at once where no wrap-up is wanted', () => {
    const settings = withSettings({ wrapUpSeconds: 0, delaySeconds: 0 });
    const change = apply(aSceneOf(aConversation('a'), [], { settings }), ends());
    expect(change.session).toMatchObject({ wrapUpUntil: null, nextRoundAt: now, wakeAt: now });
  });

  it('the end of a conversation starts nothing more in a session that was stopped during it', () => {
    const change = apply(aSceneOf(aConversation('a'), [], { status: 'STOPPED' }), ends());
    expect(callIn(change, 'a')).toMatchObject({ outcome: 'CONNECTED' });
    expect(change.session).toMatchObject({
      status: 'STOPPED',
      nextRoundAt: null,
      wrapUpUntil: null,
    });
  });

  it('the end of a conversation puts the lead back for the call back that was promised during it', () => {
    const callbackAt = secondsAfter(3600);
    const disposition = savedAs('Call Back', { callbackAt, savedAt: now });
    const change = apply(aSceneOf(aConversation('a', { disposition })), ends());
    expect(itemIn(change, 'a')).toMatchObject({
      state: 'PENDING',
      dueAt: callbackAt,
      callback: true,
    });
  });
});

describe('an event', () => {
  it('changes nothing about a call that is over', () => {
    const { draft, result } = applyFacts(
      aSceneOf(aCompletedCall('a')),
      personAnswers,
      WIRED,
      now,
      true,
    );
    expect(result).toBe('call_over');
    expect(draft.change()).toEqual({});
  });

  it('a fact about a call that is not placed yet is about another call', () => {
    const { draft, result } = applyFacts(
      aSceneOf(aQueuedCall('a')),
      personAnswers,
      WIRED,
      now,
      true,
    );
    expect(result).toBe('not_placed');
    expect(draft.change()).toEqual({});
  });

  it('an event of an unanswered end lets the session fill the line again', () => {
    const change = apply(aSceneOf(aRingingCall('a'), [aRingingCall('b')]), {
      endedAt: secondsAfter(9),
      endCause: 'busy',
    });
    expect(change.session).toMatchObject({ wakeAt: now, winnerCallId: null });
    expect(itemIn(change, 'a')).toMatchObject({ state: 'PENDING', lastOutcome: 'BUSY' });
  });

  it('an event of an end does not wake a paused session', () => {
    const change = apply(aSceneOf(aRingingCall('a'), [], { status: 'PAUSED' }), ends());
    expect(change.session).toMatchObject({ status: 'PAUSED', wakeAt: null });
  });

  it('an event about a call whose lead was taken out of the queue still completes the call', () => {
    const scene = aSceneOf(aRingingCall('a'));
    const change = apply({ ...scene, subject: { ...scene.subject, item: null } }, ends());
    expect(callIn(change, 'a')).toMatchObject({ state: 'COMPLETED' });
    expect(change.items).toBeUndefined();
  });
});

/** A call as the network lives it, and the events it sends; each event repeats what was before it. */
const stories = fc
  .record({
    rings: fc.boolean(),
    answers: fc.constantFrom('NONE', 'PERSON', 'MACHINE' as const),
    cause: fc.constantFrom('hangup', 'no_answer', 'busy', 'failed' as const),
  })
  .map(({ rings, answers, cause }) => {
    const ringing: CallFacts = rings ? { ringingAt: secondsAfter(2) } : {};
    const answered: CallFacts =
      answers === 'NONE'
        ? ringing
        : { ...ringing, answeredAt: secondsAfter(6), answeredBy: answers as 'PERSON' | 'MACHINE' };
    const ended: CallFacts = { ...answered, endedAt: secondsAfter(9), endCause: cause as 'hangup' };
    const { answeredBy: _, ...pickedUp } = answered;
    return { events: [{ providerCallId: 'n' }, ringing, pickedUp, answered, ended], ended };
  });

/** Applies facts to one call after the other, as the store would. */
function applyAll(order: readonly CallFacts[]): SceneOfCall {
  let scene = aSceneOf(aDialingCall('a', { providerCallId: null }));
  for (const facts of order) {
    const change = apply(scene, facts);
    const call = callIn(change, 'a') ?? scene.subject.call;
    const item = itemIn(change, 'a') ?? scene.subject.item;
    const live = isLive(call) ? [{ call, item }] : [];
    scene = { ...scene, session: change.session ?? scene.session, live, subject: { call, item } };
  }
  return scene;
}

describe('the same events', () => {
  it('the same events come to the same end in any order, however often they come (P7, P10)', () => {
    const cases = stories.chain(({ events, ended }) =>
      fc.record({
        ended: fc.constant(ended),
        order: fc.shuffledSubarray([...events, ...events], { minLength: 1 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ ended, order }) => {
        const straight = applyAll([{ providerCallId: 'n' }, ended]);
        const { session, subject } = applyAll([...order, ended, ...order]);
        expect({ ...subject.call, cancellation: null }).toEqual({
          ...straight.subject.call,
          providerCallId: subject.call.providerCallId,
          cancellation: null,
        });
        expect(subject.item).toEqual(straight.subject.item);
        expect(session.winnerCallId).toBe(straight.session.winnerCallId);
        const { call } = subject;
        if (call.state !== 'COMPLETED') throw new Error('It should be over.');
        const counted = { attempted: 1, connected: 0, failed: 0, canceled: 0 };
        expect(session.metrics).toEqual({ ...counted, [meaningOf(call.outcome).metric]: 1 });
      }),
    );
  });
});

describe('a conversation that the agent hands on', () => {
  const leftAt = secondsAfter(-5, now);
  const handedOn = () => aConversation('a', { agentLeftAt: leftAt });

  it('leads to wrap-up from then on, and is not over', () => {
    const change = apply(aSceneOf(aConversation('a')), { agentLeftAt: now });
    expect(callIn(change, 'a')).toMatchObject({ state: 'IN_PROGRESS', agentLeftAt: now });
    expect(change.session).toMatchObject({
      phase: 'WRAP_UP',
      wrapUpUntil: secondsAfter(30, now),
      winnerCallId: 'a',
    });
  });

  it('a conversation that the agent hands on takes no line: the next round is dialed while the colleague talks', () => {
    const scene = aSceneOf(handedOn(), [], { lines: 1, nextRoundAt: NOON, phase: 'DELAY' });
    expect(wantsToDial(scene, WIRED, now)).toBe(true);
  });

  it('a conversation that the agent hands on is CONNECTED when it ends, and changes nothing of the round that goes on meanwhile', () => {
    const next = { round: 2, winnerCallId: null, phase: 'DIALING' as const };
    const change = apply(aSceneOf(handedOn(), [aRingingCall('b', { round: 2 })], next), ends());
    expect(callIn(change, 'a')).toMatchObject({ outcome: 'CONNECTED', agentLeftAt: leftAt });
    expect(change.session).toMatchObject({ wrapUpUntil: null, nextRoundAt: null, round: 2 });
    expect(callIn(change, 'b')).toBeUndefined();
  });

  it('a transferred call that had ended before it was reported ends once', () => {
    const facts = { ...ends(), agentLeftAt: leftAt };
    const change = apply(aSceneOf(aConversation('a')), facts);
    expect(change.session).toMatchObject({ phase: 'WRAP_UP', wrapUpUntil: secondsAfter(30, now) });
    expect(callIn(change, 'a')).toMatchObject({ state: 'COMPLETED', agentLeftAt: leftAt });
  });

  it('a conversation that the agent hands on and that turns out to be a machine at the same moment is no conversation, and frees the line', () => {
    const before = aSceneOf(aConversation('a'));
    const change = apply(before, { answeredBy: 'MACHINE', agentLeftAt: now });
    expect(callIn(change, 'a')).toMatchObject({ state: 'IN_PROGRESS', winner: false });
    expect(change.session).toMatchObject({ winnerCallId: null, wrapUpUntil: null, wakeAt: now });
  });

  it('a conversation that the agent hands on and that had turned out to be a machine frees the line as soon as it is handed on', () => {
    const machine = aConversation('a', { winner: false, answeredBy: 'MACHINE' });
    const scene = aSceneOf(machine, [], { winnerCallId: null, wakeAt: null });
    const change = apply(scene, { agentLeftAt: now });
    expect(change.session).toMatchObject({ winnerCallId: null, wrapUpUntil: null, wakeAt: now });
  });

  it('a conversation that the agent hands on and turns out to be a machine later takes nothing from the conversation of the next round', () => {
    const next = { round: 2, winnerCallId: 'b' };
    const scene = aSceneOf(handedOn(), [aConversation('b', { round: 2 })], next);
    const change = apply(scene, { answeredBy: 'MACHINE' });
    expect(callIn(change, 'a')).toMatchObject({ winner: false, answeredBy: 'MACHINE' });
    expect(change.session ?? scene.session).toMatchObject({ winnerCallId: 'b', round: 2 });
  });
});
