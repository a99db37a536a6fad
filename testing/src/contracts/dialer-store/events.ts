import type { Decision, NewProviderEvent, QueuedCall, SceneOfCall } from '@outdial/core';
import { describe, expect, it } from 'vitest';
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

/** Events that are decided as they arrive. */
export function eventsContract(stores: OpenedStores): void {
  describe('an event that arrives', () => {
    const arriving = (over: Partial<NewProviderEvent> = {}): NewProviderEvent => ({
      id: newId(),
      provider: 'simulator',
      dedupeKey: newId(),
      callKey: newId(),
      payload: { event: 'call.ringing', note: 'nul \u0000' },
      receivedAt: minutesAfter(1),
      ignoredBecause: null,
      ...over,
    });
    const toldOf = async () => {
      const { session, calls } = await aSessionWithCalls(stores.world, 2, 2);
      const call = first(calls);
      await stores.world.store.beginPlacing(call.id, NOON, minutesAfter(2));
      // So that it is remembered, where a store remembers.
      await stores.world.store.peek(session.id, 'remembered');
      return { session, call, event: arriving({ callKey: call.id }) };
    };
    const rings =
      (call: QueuedCall) =>
      (scene: SceneOfCall): Decision<string> => ({
        change: {
          session: round(scene.session),
          calls: [{ ...dialing(call), placement: 'ACCEPTED' }],
        },
        answer: 'decided',
      });

    it('an event that arrives is stored as processed together with what it changes', async () => {
      const { session, call, event } = await toldOf();
      const applied = await stores.world.store.changeOnArrival(
        event,
        { callId: call.id },
        rings(call),
      );
      expect(applied).toMatchObject({ answer: 'decided', session: { round: session.round + 1 } });
      expect(await stores.world.store.findCall(call.id)).toMatchObject({ placement: 'ACCEPTED' });
      expect(await stores.world.inbox.find(event.id)).toMatchObject({
        state: 'PROCESSED',
        callId: call.id,
        callKey: call.id,
        receivedAt: minutesAfter(1),
        payload: { event: 'call.ringing' },
      });
      expect(await stores.world.inbox.store(arriving({ dedupeKey: event.dedupeKey }))).toBe(
        'duplicate',
      );
    });

    it('a second time changes nothing, whichever way it was stored', async () => {
      const { session, call, event } = await toldOf();
      await stores.world.store.changeOnArrival(event, { callId: call.id }, rings(call));
      const again = { ...event, id: newId() };
      expect(
        await stores.world.store.changeOnArrival(again, { callId: call.id }, rings(call)),
      ).toBe('not_now');
      const stored = arriving({ callKey: call.id });
      await stores.world.inbox.store(stored);
      await stores.world.inbox.settle([stored.id], 'PROCESSED', null);
      const twice = { ...stored, id: newId() };
      expect(
        await stores.world.store.changeOnArrival(twice, { callId: call.id }, rings(call)),
      ).toBe('not_now');
      expect(await stores.world.store.findSession(session.id)).toMatchObject({
        round: session.round + 1,
      });
      expect(await stores.world.inbox.find(again.id)).toBeNull();
    });

    it('an event that arrives does not overtake an earlier one of its call that waits', async () => {
      const { session, call, event } = await toldOf();
      await stores.world.inbox.store(arriving({ callKey: call.id, receivedAt: NOON }));
      expect(
        await stores.world.store.changeOnArrival(event, { callId: call.id }, rings(call)),
      ).toBe('not_now');
      expect(await stores.world.store.findSession(session.id)).toEqual(session);
      expect(await stores.world.inbox.find(event.id)).toBeNull();
    });

    it('an event that arrives about a call that is over, unknown or of another provider is left to the inbox', async () => {
      const { session, call, event } = await toldOf();
      const decide = (of: NewProviderEvent, callId: string) =>
        stores.world.store.changeOnArrival(of, { callId }, rings(call));
      expect(await decide(event, newId())).toBe('not_now');
      expect(await decide({ ...event, provider: 'aircall' }, call.id)).toBe('not_now');
      await stores.world.store.changeSession(session.id, () => ({
        change: { calls: [over(call)] },
        answer: null,
      }));
      expect(await decide(event, call.id)).toBe('not_now');
      expect(stores.world.store.recall(call.id)).toBeNull();
    });

    it('an event that arrives is decided by one of two nodes to which it is delivered, or by neither', async () => {
      for (let n = 0; n < 5; n += 1) {
        const { session, call, event } = await toldOf();
        await stores.world.otherNode.peek(session.id, 'remembered');
        const answers = await Promise.all(
          [stores.world.store, stores.world.otherNode].map((node, index) =>
            node.changeOnArrival({ ...event, id: newId() }, { callId: call.id }, (scene) => ({
              ...rings(call)(scene),
              answer: String(index),
            })),
          ),
        );
        const decided = answers.filter((answer) => answer !== 'not_now');
        expect(decided.length).toBeLessThanOrEqual(1);
        const { round: now } = (await stores.world.store.findSession(session.id)) ?? session;
        expect(now).toBe(session.round + decided.length);
        const kept = await stores.world.inbox.store(arriving({ dedupeKey: event.dedupeKey }));
        expect(kept).toBe(decided.length === 1 ? 'duplicate' : 'stored');
      }
    });
  });
}
