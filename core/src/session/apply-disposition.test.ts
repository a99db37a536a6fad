import {
  aCompletedCall,
  aConversation,
  anItem,
  aQueuedCall,
  aRingingCall,
  aSceneOf,
  savedAs,
  secondsAfter,
} from '@outdial/testing/builders';
import { describe, expect, it } from 'vitest';
import { findDisposition } from '../disposition/find-disposition.js';
import { STANDARD_DISPOSITIONS } from '../disposition/standard-dispositions.js';
import type { SceneOfCall } from '../ports/dialer-store.js';
import { applyDisposition } from './apply-disposition.js';

const now = secondsAfter(60);
const save = (scene: SceneOfCall, label: string, callbackAt: Date | null = null) => {
  const disposition = findDisposition(STANDARD_DISPOSITIONS, label);
  if (disposition === null) throw new Error(`no disposition ${label}`);
  return applyDisposition(scene, { disposition, notes: 'Nice talk.', callbackAt }, now);
};
const won = aCompletedCall('a', { outcome: 'CONNECTED', winner: true });
const wrapUp = {
  phase: 'WRAP_UP' as const,
  winnerCallId: 'a',
  wrapUpUntil: secondsAfter(90),
  wakeAt: secondsAfter(90),
};

describe('an agent’s disposition', () => {
  it('an agent’s disposition leaves the wrap-up as it is: the agent may have more to write', () => {
    const { change, answer } = save(aSceneOf(won, [], wrapUp), 'Interested');
    expect(answer).toBe('saved');
    expect(change.session).toBeUndefined();
  });

  it('an agent’s disposition starts no round in a stopped session', () => {
    const { change } = save(aSceneOf(won, [], { status: 'STOPPED', phase: 'STOPPED' }), 'Busy');
    expect(change.session).toBeUndefined();
  });

  it('an agent’s disposition waits on the call while the conversation goes on', () => {
    const { change } = save(aSceneOf(aConversation('a')), 'Interested');
    expect(change.calls).toMatchObject([
      {
        state: 'IN_PROGRESS',
        disposition: { label: 'Interested', notes: 'Nice talk.', savedAt: now },
      },
    ]);
    expect(change.items).toBeUndefined();
  });

  it('an agent’s disposition makes sense only once the call was placed', () => {
    expect(save(aSceneOf(aQueuedCall('a')), 'Interested')).toEqual({
      change: {},
      answer: 'not_placed',
    });
  });

  it('an agent’s disposition is due at the CRM again, under the same activity', () => {
    const { change } = save(aSceneOf(won), 'Interested');
    expect(change.calls).toMatchObject([
      { crm: { state: 'PENDING', revision: 1, dueAt: now, activityId: 'activity', attempts: 0 } },
    ]);
  });

  it('an agent’s disposition does not overtake an older word that is on its way to the CRM', () => {
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

  it('an agent’s disposition replaces what was said before', () => {
    const [once] = save(aSceneOf(won), 'Interested').change.calls ?? [];
    if (once === undefined) throw new Error('It should be saved.');
    expect(save(aSceneOf(once), 'Not Interested').change.calls).toMatchObject([
      { disposition: { label: 'Not Interested' }, crm: { revision: 2 } },
    ]);
  });
});

describe('a call back', () => {
  it('a call back is due when the lead asked for it, before everybody else', () => {
    const { change } = save(aSceneOf(won), 'Call Back', secondsAfter(3600));
    expect(change.items).toMatchObject([
      { state: 'PENDING', dueAt: secondsAfter(3600), callback: true },
    ]);
  });

  it('a call back without a time is due tomorrow at this time', () => {
    const tomorrow = secondsAfter(24 * 3600, now);
    const { change } = save(aSceneOf(won), 'Call Back');
    expect(change.items).toMatchObject([{ dueAt: tomorrow, callback: true }]);
    expect(change.calls).toMatchObject([{ disposition: { callbackAt: tomorrow } }]);
  });

  it('a callback for a lead on another live call waits for that call', () => {
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
  ])('%s suppresses the person, whatever numbers they have', (_, call) => {
    const { change } = save(aSceneOf(call), 'Do Not Call');
    expect(change.contact).toEqual({
      callId: call.id,
      leadId: call.leadId,
      phone: call.phone,
      disposition: 'Do Not Call',
      rule: { effect: 'suppress_person' },
    });
  });

  it('"do not call" takes the lead out of the running for good', () => {
    expect(save(aSceneOf(won), 'Do Not Call').change.items).toMatchObject([
      { state: 'SUPPRESSED' },
    ]);
  });
});

describe('changing a disposition', () => {
  const after = (first: string, then: string) => {
    const [once] = save(aSceneOf(won), first).change.calls ?? [];
    if (once === undefined) throw new Error('It should be saved.');
    return save(aSceneOf(once), then).change;
  };

  it('changing a disposition that held the person everywhere takes that back', () => {
    expect(after('Not Interested', 'Connected').contact).toMatchObject({
      callId: won.id,
      rule: null,
    });
    expect(after('Do Not Call', 'Wrong Number').contact).toMatchObject({
      rule: { effect: 'suppress_number' },
    });
  });

  it('changing a disposition that held nothing outside the queue touches nothing there', () => {
    expect(after('Connected', 'Gatekeeper').contact).toBeUndefined();
  });

  it('changing a disposition to one that says nothing brings back what the outcome says', () => {
    const machine = aCompletedCall('a', { outcome: 'VOICEMAIL', answeredBy: 'MACHINE' });
    const scene = aSceneOf(machine);
    const item = scene.subject.item;
    if (item === null) throw new Error('It should have an item.');
    const counted = { ...item, state: 'DONE' as const, claimedBySessionId: null };
    const said = save(
      {
        ...scene,
        subject: {
          call: {
            ...machine,
            disposition: savedAs('Not Interested', { savedAt: now }),
          },
          item: { ...counted, lastOutcome: 'VOICEMAIL', attemptsByOutcome: { VOICEMAIL: 1 } },
        },
      },
      'Left Voicemail',
    );
    expect(said.change.items).toMatchObject([
      { state: 'PENDING', dueAt: secondsAfter(24 * 3600, machine.endedAt) },
    ]);
  });
});

it('a call back for a lead who was taken out of the queue is refused rather than forgotten', () => {
  const scene = aSceneOf(won);
  const gone = { ...scene, subject: { call: won, item: null } };
  expect(save(gone, 'Call Back')).toEqual({ change: {}, answer: 'no_place_for_callback' });
});

it('a disposition for a lead who was taken out of the queue is kept with the call', () => {
  const scene = aSceneOf(won);
  const { change } = save({ ...scene, subject: { call: won, item: null } }, 'Interested');
  expect(change.calls).toMatchObject([{ disposition: { label: 'Interested' } }]);
  expect(change.items).toBeUndefined();
});
