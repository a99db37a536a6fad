import {
  aCompletedCall,
  aConversation,
  anItem,
  aQueuedCall,
  aRingingCall,
  aSceneOf,
  secondsAfter,
} from '@outdial/testing/builders';
import { describe, expect, it } from 'vitest';
import { parseDisposition } from '../call/dispositions.js';
import type { SceneOfCall } from '../ports/dialer-store.js';
import { saveVerdict } from './save-verdict.js';

const now = secondsAfter(60);
const save = (scene: SceneOfCall, label: string, callbackAt: Date | null = null) => {
  const disposition = parseDisposition(label);
  if (disposition === null) throw new Error(`no disposition ${label}`);
  return saveVerdict(scene, { disposition, notes: 'Nice talk.', callbackAt }, now);
};
const won = aCompletedCall('a', { outcome: 'CONNECTED', winner: true });
const wrapUp = {
  phase: 'WRAP_UP' as const,
  winnerCallId: 'a',
  wrapUpUntil: secondsAfter(90),
  wakeAt: secondsAfter(90),
};

describe('an agent’s disposition', () => {
  it('ends the wrap-up of its conversation: the next round comes after the pause', () => {
    const { change, answer } = save(aSceneOf(won, [], wrapUp), 'Interested');
    expect(answer).toBe('saved');
    expect(change.session).toMatchObject({
      wrapUpUntil: null,
      nextRoundAt: secondsAfter(2, now),
      wakeAt: secondsAfter(2, now),
      phase: 'DELAY',
    });
  });

  it('of an earlier call ends nobody’s wrap-up', () => {
    const earlier = aCompletedCall('b');
    expect(save(aSceneOf(earlier, [], wrapUp), 'Busy').change.session).toBeUndefined();
  });

  it('starts no round in a stopped session', () => {
    const { change } = save(aSceneOf(won, [], { status: 'STOPPED', phase: 'STOPPED' }), 'Busy');
    expect(change.session).toBeUndefined();
  });

  it('waits on the call while the conversation goes on', () => {
    const { change } = save(aSceneOf(aConversation('a')), 'Interested');
    expect(change.calls).toMatchObject([
      {
        state: 'IN_PROGRESS',
        verdict: { disposition: 'Interested', notes: 'Nice talk.', savedAt: now },
      },
    ]);
    expect(change.items).toBeUndefined();
  });

  it('makes sense only once the call was placed', () => {
    expect(save(aSceneOf(aQueuedCall('a')), 'Interested')).toEqual({
      change: {},
      answer: 'not_placed',
    });
  });

  it('is due at the CRM again, under the same activity', () => {
    const { change } = save(aSceneOf(won), 'Interested');
    expect(change.calls).toMatchObject([
      { crm: { state: 'PENDING', revision: 1, dueAt: now, activityId: 'activity', attempts: 0 } },
    ]);
  });

  it('does not overtake an older word that is on its way to the CRM', () => {
    const leased = (dueAt: Date) => aSceneOf({ ...won, crm: { ...won.crm, dueAt } });
    const dueAfter = (dueAt: Date) => {
      const [call] = save(leased(dueAt), 'Interested').change.calls ?? [];
      return call?.state === 'COMPLETED' ? call.crm : null;
    };
    expect(dueAfter(secondsAfter(20, now))).toMatchObject({
      revision: 1,
      dueAt: secondsAfter(20, now),
    });
    // A long wait after a failure is cut short.
    expect(dueAfter(secondsAfter(3600, now))).toMatchObject({ dueAt: secondsAfter(90, now) });
    expect(dueAfter(secondsAfter(-5, now))).toMatchObject({ dueAt: now });
  });

  it('replaces what was said before', () => {
    const [once] = save(aSceneOf(won), 'Interested').change.calls ?? [];
    if (once === undefined) throw new Error('It should be saved.');
    expect(save(aSceneOf(once), 'Not Interested').change.calls).toMatchObject([
      { verdict: { disposition: 'Not Interested' }, crm: { revision: 2 } },
    ]);
  });
});

describe('a call back', () => {
  it('is due when the lead asked for it, before everybody else', () => {
    const { change } = save(aSceneOf(won), 'Call Back', secondsAfter(3600));
    expect(change.items).toMatchObject([
      { state: 'PENDING', dueAt: secondsAfter(3600), callback: true },
    ]);
  });

  it('without a time is due tomorrow at this time', () => {
    const tomorrow = secondsAfter(24 * 3600, now);
    const { change } = save(aSceneOf(won), 'Call Back');
    expect(change.items).toMatchObject([{ dueAt: tomorrow, callback: true }]);
    expect(change.calls).toMatchObject([{ verdict: { callbackAt: tomorrow } }]);
  });

  it('promised for a lead on whom another call goes on waits for that call', () => {
    const scene = aSceneOf(won);
    const busy = { ...scene, subject: { call: won, item: anItem('a') } };
    expect(save(busy, 'Call Back').change.items).toEqual([anItem('a')]);
  });
});

describe('"do not call"', () => {
  it.each([
    ['during the call', aConversation('a')],
    ['while it rings', aRingingCall('a')],
    ['after the call', won],
  ])('%s suppresses the number for everybody', (_, call) => {
    const { change } = save(aSceneOf(call), 'Do Not Call');
    expect(change.suppress).toMatchObject([{ phone: call.phone, source: 'agent' }]);
  });

  it('takes the lead out of the running for good', () => {
    expect(save(aSceneOf(won), 'Do Not Call').change.items).toMatchObject([
      { state: 'SUPPRESSED' },
    ]);
  });
});

it('a disposition for a lead who was taken out of the queue is kept with the call', () => {
  const scene = aSceneOf(won);
  const { change } = save({ ...scene, subject: { call: won, item: null } }, 'Interested');
  expect(change.calls).toMatchObject([{ verdict: { disposition: 'Interested' } }]);
  expect(change.items).toBeUndefined();
});
