import {
  aConversation,
  aDialingCall,
  anAskedCall,
  aQueuedCall,
  aRingingCall,
  secondsAfter,
} from '@outdial/testing/builders';
import { aSmallDialer } from '@outdial/testing/builders/small-dialer';
import { describe, expect, it } from 'vitest';
import type { Call, LiveCall } from '../call/call.js';
import type { LookUpAnswer } from '../ports/telephony.js';
import { checkCall } from './check-call.js';
import { hangUpCall } from './hang-up-call.js';
import { placeCall } from './place-call.js';
import { unseenCalls } from './unseen-calls.js';

const unreachable: LookUpAnswer = { kind: 'unreachable', message: 'No answer.' };
const found = (facts: Extract<LookUpAnswer, { kind: 'found' }>['facts'] = {}): LookUpAnswer => ({
  kind: 'found',
  facts,
});

/** One call of a session, at its deadline. */
function setting(live: LiveCall) {
  const dialer = aSmallDialer({ live: [live], now: live.deadlineAt });
  return {
    ...dialer,
    call: (): Call => dialer.call(live.id) ?? live,
    check: (evenIfEarly?: boolean) => checkCall(dialer.ports, live.id, evenIfEarly),
    put: (changed: LiveCall) => dialer.state.putCall(changed),
  };
}

describe('a call past its deadline', () => {
  it('a call past its deadline is over when the provider says so, with the provider’s outcome', async () => {
    const { answers, check, call } = setting(aRingingCall('a'));
    answers.lookUp = found({ endedAt: secondsAfter(20), endCause: 'busy' });
    await check();
    expect(call()).toMatchObject({ state: 'COMPLETED', outcome: 'BUSY' });
  });

  it('a call past its deadline goes on when the provider still has it, and is looked at again', async () => {
    const ringing = aRingingCall('a');
    const { answers, check, call } = setting(ringing);
    answers.lookUp = found();
    await check();
    expect(call()).toMatchObject({
      state: 'RINGING',
      deadlineAt: secondsAfter(15, ringing.deadlineAt),
    });
  });

  it('a call past its deadline is a conversation when a person has answered unheard', async () => {
    const { answers, check, call, session } = setting(aRingingCall('a'));
    answers.lookUp = found({ answeredAt: secondsAfter(9), answeredBy: 'PERSON' });
    await check();
    expect(call()).toMatchObject({ state: 'IN_PROGRESS', winner: true });
    expect(session()).toMatchObject({ winnerCallId: 'a', phase: 'ON_CALL' });
  });

  it('a call past its deadline has failed when the provider, which gave it an id, knows it no more', async () => {
    const { check, call } = setting(aDialingCall('a'));
    await check();
    expect(call()).toMatchObject({ state: 'COMPLETED', outcome: 'FAILED' });
  });

  it('a call past its deadline is asked about again, in growing steps, while the provider cannot be reached', async () => {
    const { answers, check, call, moveTo } = setting(aRingingCall('a'));
    answers.lookUp = unreachable;
    const waits: number[] = [];
    for (let look = 0; look < 4; look += 1) {
      const before = call();
      if (before.state !== 'RINGING') throw new Error('It should ring.');
      moveTo(before.deadlineAt);
      await check();
      const then = call();
      if (then.state !== 'RINGING') throw new Error('It should ring.');
      waits.push((then.deadlineAt.getTime() - before.deadlineAt.getTime()) / 1000);
    }
    expect(waits).toEqual([2, 4, 8, 16]);
  });

  it('a call past its deadline is closed without the provider in the end', async () => {
    const { answers, check, call, moveTo } = setting(aRingingCall('a'));
    answers.lookUp = unreachable;
    moveTo(secondsAfter(15 * 60 + 1));
    await check();
    expect(call()).toMatchObject({ state: 'COMPLETED', outcome: 'FAILED' });
  });

  it('a conversation is closed much later', async () => {
    const { answers, check, call, moveTo } = setting(aConversation('a'));
    answers.lookUp = unreachable;
    moveTo(secondsAfter(6 * 3600 - 1));
    await check();
    expect(call().state).toBe('IN_PROGRESS');
    moveTo(secondsAfter(7 * 3600));
    await check();
    expect(call()).toMatchObject({ state: 'COMPLETED', outcome: 'CONNECTED' });
  });

  it('a call past its deadline is not asked about before its deadline', async () => {
    const { check, call, moveTo, woken } = setting(aRingingCall('a'));
    moveTo(secondsAfter(20));
    await check();
    expect(call().state).toBe('RINGING');
    expect(woken).toEqual([{ job: 'check-call', id: 'a', at: secondsAfter(45) }]);
  });

  it('a queued call past its deadline is placed', async () => {
    const { check, woken } = setting(aQueuedCall('a'));
    await check();
    expect(woken).toMatchObject([{ job: 'place-call', id: 'a' }]);
  });
});

describe('a call that the provider does not know, and may still come to know', () => {
  it('a call that the provider does not know, and may still come to know is looked for a second time before it has failed (P3, P5)', async () => {
    const { check, call, moveTo } = setting(anAskedCall('a'));
    await check();
    expect(call()).toMatchObject({
      state: 'DIALING',
      placement: 'ASKED',
      deadlineAt: secondsAfter(20 + 27),
    });
    moveTo(secondsAfter(20 + 27));
    await check();
    expect(call()).toMatchObject({ state: 'COMPLETED', outcome: 'FAILED' });
  });

  it('a call that the provider does not know, and may still come to know is not given up because a process starts while its request is under way', async () => {
    const { check, call, moveTo } = setting(anAskedCall('a'));
    moveTo(secondsAfter(1));
    await check(true);
    await check(true);
    await check(true);
    expect(call().state).toBe('DIALING');
  });

  it('a call that the provider does not know, and may still come to know is not closed early by a second node whose clock is a minute ahead of the first’s', async () => {
    const { ports, check, call, moveTo } = setting(anAskedCall('a'));
    await check();
    const elapsed = { ms: 0 };
    const stopwatchMs = () => elapsed.ms;
    const ahead = { ...ports, stopwatchMs, unseenCalls: unseenCalls(stopwatchMs) };
    moveTo(secondsAfter(20 + 60));
    await checkCall(ahead, 'a');
    expect(call().state).toBe('DIALING');
    elapsed.ms = 26_999;
    await checkCall(ahead, 'a', true);
    expect(call().state).toBe('DIALING');
    elapsed.ms = 27_000;
    await checkCall(ahead, 'a', true);
    expect(call()).toMatchObject({ state: 'COMPLETED', outcome: 'FAILED' });
  });

  it('a call that the provider does not know, and may still come to know is closed in the end, whichever of several nodes happens to look', async () => {
    const { ports, call, moveTo } = setting(anAskedCall('a'));
    const nodes = [1, 2, 3].map(() => ({
      ...ports,
      unseenCalls: unseenCalls(ports.stopwatchMs),
    }));
    for (let look = 0; look < 4; look += 1) {
      const before = call();
      if (before.state !== 'DIALING') break;
      moveTo(before.deadlineAt);
      await checkCall(nodes[look % 3] as (typeof nodes)[number], 'a');
    }
    expect(call()).toMatchObject({ state: 'COMPLETED', outcome: 'FAILED' });
  });

  it('a call that the provider does not know, and may still come to know is not given up by two that look at the same moment', async () => {
    const { answers, check, call } = setting(anAskedCall('a', { placement: 'UNKNOWN' }));
    const [first, second] = [check(), check()];
    await Promise.all([first, second]);
    answers.lookUp = found();
    expect(call().state).toBe('DIALING');
  });

  it('a call that the provider does not know, and may still come to know is alive when something was heard of it while we asked', async () => {
    const asked = anAskedCall('a', { placement: 'UNKNOWN', checks: 1 });
    const { answers, check, call, put } = setting(asked);
    answers.meanwhile = async () => put({ ...asked, placement: 'ACCEPTED', providerCallId: 'n1' });
    await check();
    expect(call()).toMatchObject({ state: 'DIALING', placement: 'ACCEPTED' });
  });

  it('a call that the provider does not know, and may still come to know stays unknown while the provider cannot be asked', async () => {
    const { answers, check, call } = setting(anAskedCall('a'));
    answers.lookUp = unreachable;
    await check();
    expect(call()).toMatchObject({ state: 'DIALING', placement: 'ASKED', checks: 1 });
  });

  it('a call that the provider does not know, and may still come to know is placed again after all when the provider’s "not now" comes after the look-up', async () => {
    const { answers, ports, check, call, moveTo } = setting(aQueuedCall('a'));
    answers.place = { kind: 'refused', because: 'later', message: 'Not now.' };
    answers.meanwhile = async () => {
      answers.meanwhile = async () => undefined;
      moveTo(secondsAfter(61));
      await check();
    };
    await placeCall(ports, 'a');
    expect(call()).toMatchObject({ state: 'QUEUED' });
  });
});

describe('hanging up a call', () => {
  const cancellation = {
    requestedAt: secondsAfter(3),
    reason: 'another_line_connected',
    askAt: secondsAfter(3),
    asked: 0,
  } as const;

  it('hanging up a call is done once the provider agrees; its end is expected soon', async () => {
    const { ports, call, moveTo } = setting(aRingingCall('a', { cancellation }));
    moveTo(secondsAfter(4));
    await hangUpCall(ports, 'a');
    expect(call()).toMatchObject({
      cancellation: { askAt: null, asked: 1 },
      deadlineAt: secondsAfter(14),
    });
  });

  it.each(['ASKED', 'UNKNOWN'] as const)(
    'is asked again while its placing is %s: it may ring only after we asked (P4)',
    async (placement) => {
      const asked = anAskedCall('a', { placement, cancellation });
      const { ports, call, moveTo } = setting(asked);
      moveTo(secondsAfter(4));
      await hangUpCall(ports, 'a');
      expect(call()).toMatchObject({
        cancellation: { askAt: secondsAfter(6), asked: 1 },
        deadlineAt: asked.deadlineAt,
      });
    },
  );

  it('hanging up a call is asked for again when the provider agreed and carries the call all the same', async () => {
    const agreed = { ...cancellation, askAt: null, asked: 1 };
    const { answers, check, call } = setting(aRingingCall('a', { cancellation: agreed }));
    answers.lookUp = found();
    await check();
    const { deadlineAt } = aRingingCall('a');
    expect(call()).toMatchObject({ cancellation: { askAt: deadlineAt, asked: 1 } });
  });

  it('hanging up a call is not asked for before its time', async () => {
    const { ports, call, moveTo } = setting(aRingingCall('a', { cancellation }));
    moveTo(secondsAfter(2));
    await hangUpCall(ports, 'a');
    expect(call()).toMatchObject({ cancellation: { asked: 0 } });
  });
});
