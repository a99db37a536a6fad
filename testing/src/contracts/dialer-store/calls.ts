import { type Call, EarlierEventsWait, type QueueItem } from '@outdial/core';
import { describe, expect, it } from 'vitest';
import { savedAs } from '../../builders/scenes.js';
import {
  aSessionWithCalls,
  dialing,
  first,
  minutesAfter,
  NOON,
  newId,
  over,
} from '../store-world.js';
import { type OpenedStores, round } from './opened-stores.js';

/** Calls, written together with what they change. */
export function callsContract(stores: OpenedStores): void {
  describe('a call', () => {
    it('a call comes back as it was written, in every state', async () => {
      const { session, calls } = await aSessionWithCalls(stores.world, 1, 1);
      const queued = first(calls);
      const cancellation = {
        requestedAt: minutesAfter(2),
        reason: 'another_line_connected' as const,
        askAt: minutesAfter(3),
        asked: 2,
      };
      const disposition = savedAs('Interested', {
        notes: 'send the offer',
        callbackAt: minutesAfter(900),
        savedAt: minutesAfter(4),
      });
      const dialed = { ...dialing(queued), providerCallId: newId() };
      const ringing: Call = {
        ...dialed,
        state: 'RINGING',
        placement: 'ACCEPTED',
        ringingAt: minutesAfter(1),
      };
      const states: readonly Call[] = [
        { ...queued, cancellation },
        { ...dialed, placement: 'UNKNOWN', checks: 3 },
        ringing,
        {
          ...ringing,
          state: 'IN_PROGRESS',
          answeredAt: minutesAfter(2),
          answeredBy: 'PERSON',
          winner: true,
          disposition,
        },
        over(queued, {
          providerCallId: dialed.providerCallId,
          ringingAt: minutesAfter(1),
          answeredAt: minutesAfter(2),
          answeredBy: 'PERSON',
          winner: true,
          outcome: 'CONNECTED',
          talkSeconds: 42,
          reason: 'hung up',
          cancellation,
          disposition,
        }),
      ];
      for (const call of states) {
        const applied = await stores.world.store.changeSession(session.id, () => ({
          change: { calls: [call] },
          answer: null,
        }));
        expect(applied?.calls).toEqual([call]);
        expect(await stores.world.store.findCall(call.id)).toEqual(call);
      }
      expect(await stores.world.store.findCall(newId())).toBeNull();
    });

    it('a call is written together with its session, its item and the event that said so, or not at all', async () => {
      const { session, calls } = await aSessionWithCalls(stores.world, 2, 2, {});
      const [call, other] = calls as [(typeof calls)[0], (typeof calls)[0]];
      const event = {
        id: newId(),
        provider: 'simulator',
        dedupeKey: newId(),
        callKey: null,
        payload: { n: 1 },
        receivedAt: NOON,
        ignoredBecause: null,
      };
      await stores.world.inbox.store(event);
      const answered = (of: typeof call, providerCallId: string): Call => ({
        ...dialing(of),
        providerCallId,
        state: 'IN_PROGRESS',
        ringingAt: null,
        answeredAt: NOON,
        answeredBy: 'PERSON',
        winner: true,
      });
      const item = await stores.itemOf(call.queueItemId);
      const done: QueueItem = { ...item, state: 'DONE', claimedBySessionId: null };
      // Two winners of one round: P4.
      await expect(
        stores.world.store.changeByCall(call.id, (scene) => ({
          change: {
            session: round(scene.session),
            calls: [answered(call, newId()), answered(other, newId())],
            items: [done],
            processedEventIds: [event.id],
          },
          answer: null,
        })),
      ).rejects.toThrow();
      expect(await stores.world.store.findCall(call.id)).toEqual(call);
      expect(await stores.itemOf(call.queueItemId)).toEqual(item);
      expect(await stores.world.inbox.find(event.id)).toMatchObject({ state: 'PENDING' });

      const applied = await stores.world.store.changeByCall(call.id, (scene) => ({
        change: {
          session: round(scene.session),
          calls: [over(call)],
          items: [done],
          processedEventIds: [event.id],
        },
        answer: null,
      }));
      expect(applied).toMatchObject({ queueChanged: true, session: { round: session.round + 1 } });
      expect(await stores.world.store.findCall(call.id)).toEqual(over(call));
      expect(await stores.itemOf(call.queueItemId)).toEqual(done);
      expect(await stores.world.inbox.find(event.id)).toMatchObject({
        state: 'PROCESSED',
        callId: call.id,
      });
    });

    it('a call learns of its events in the order in which they came, but not from one that cannot be applied', async () => {
      const { session, calls } = await aSessionWithCalls(stores.world, 1, 1);
      const call = first(calls);
      const callKey = newId();
      const anEvent = (minutes: number, more: { callKey?: string } = {}) => ({
        id: newId(),
        provider: 'simulator',
        dedupeKey: newId(),
        callKey,
        payload: { n: 1 },
        receivedAt: minutesAfter(minutes),
        ignoredBecause: null,
        ...more,
      });
      const [one, two, three] = [anEvent(1), anEvent(2), anEvent(3)];
      const ofAnotherCall = anEvent(0, { callKey: newId() });
      for (const event of [three, two, ofAnotherCall, one]) await stores.world.inbox.store(event);
      const apply = (...events: (typeof one)[]) =>
        stores.world.store.changeByCall(call.id, (scene) => ({
          change: {
            session: { ...scene.session, round: scene.session.round + 1 },
            processedEventIds: events.map(({ id }) => id),
          },
          answer: null,
        }));

      await expect(apply(two)).rejects.toThrow(EarlierEventsWait);
      await expect(apply(three, two)).rejects.toThrow(EarlierEventsWait);
      expect(await stores.world.store.findSession(session.id)).toMatchObject({
        round: session.round,
      });
      await apply(two, one);
      await apply(three);
      expect(await stores.world.inbox.untried('simulator', callKey)).toEqual([]);
      expect(await stores.world.store.findSession(session.id)).toMatchObject({
        round: session.round + 2,
      });

      const [poisoned, after] = [anEvent(4), anEvent(5)];
      for (const event of [poisoned, after]) await stores.world.inbox.store(event);
      await expect(apply(after)).rejects.toThrow(EarlierEventsWait);
      await stores.world.inbox.failed(poisoned.id, 'not to be read', minutesAfter(6));
      await apply(after);
      expect(await stores.world.inbox.untried('simulator', callKey)).toEqual([]);
    });

    it('a call is bound to a provider’s call that no other call is bound to', async () => {
      const { session, calls } = await aSessionWithCalls(stores.world, 2, 2);
      const providerCallId = newId();
      const bind = (call: (typeof calls)[0]) =>
        stores.world.store.changeSession(session.id, () => ({
          change: { calls: [{ ...dialing(call), providerCallId }] },
          answer: null,
        }));
      const [one, two] = calls as [(typeof calls)[0], (typeof calls)[0]];
      await bind(one);
      await expect(bind(two)).rejects.toThrow();
      expect(await stores.world.store.findCallByProviderId('simulator', providerCallId)).toBe(
        one.id,
      );
      expect(await stores.world.store.findCallByProviderId('aircall', providerCallId)).toBeNull();
      expect(await stores.world.store.findCallByProviderId('simulator', newId())).toBeNull();
    });

    it('a call keeps what the CRM has of it, unless the agent said something new', async () => {
      const { calls } = await aSessionWithCalls(stores.world, 1, 1);
      const call = first(calls);
      const ended = over(call);
      const put = (next: Call) =>
        stores.world.store.changeByCall(call.id, () => ({
          change: { calls: [next] },
          answer: null,
        }));
      await put(ended);
      await stores.world.crm.synced(
        call.id,
        { revision: 1, activityId: 'A-1', contactExternalId: 'C-1' },
        minutesAfter(2),
      );
      // Decided on what it was before the sync, as a decision may be that ran at the same time.
      await put({ ...ended, reason: 'heard again' });
      expect(await stores.world.store.findCall(call.id)).toMatchObject({
        reason: 'heard again',
        crm: { state: 'SYNCED', dueAt: null, activityId: 'A-1' },
      });
      const crm = { ...ended.crm, revision: 2, dueAt: minutesAfter(3), activityId: 'A-1' };
      await put({ ...ended, crm });
      expect(await stores.world.store.findCall(call.id)).toMatchObject({ crm });
    });
  });
}
