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
import { nothing, type OpenedStores } from './opened-stores.js';

/** A call is placed at most once, and never to a suppressed number. */
export function placingContract(stores: OpenedStores): void {
  describe('placing a call', () => {
    const begin = (callId: string, now = NOON, node = stores.world.store) =>
      node.beginPlacing(callId, now, minutesAfter(2));

    it('placing a call is begun by exactly one of many who try (P3)', async () => {
      const { agent, session, calls } = await aSessionWithCalls(stores.world, 1, 1);
      const call = first(calls);
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          begin(call.id, NOON, n % 2 ? stores.world.store : stores.world.otherNode),
        ),
      );
      const begun = answers.filter((answer) => answer.kind === 'begun');
      expect(begun).toEqual([
        {
          kind: 'begun',
          call: { ...dialing(call), deadlineAt: minutesAfter(2) },
          agent,
          ringSeconds: session.settings.ringSeconds,
        },
      ]);
      expect(answers.filter((answer) => answer.kind === 'not_queued')).toHaveLength(9);
      expect(await stores.world.store.findCall(call.id)).toEqual(begun[0]?.call);
    });

    it('placing a call is not begun to a number that was suppressed after the claim (P8)', async () => {
      const { calls } = await aSessionWithCalls(stores.world, 1, 1);
      const call = first(calls);
      const { phone } = call;
      await stores.world.add({ suppressions: [{ phone, reason: 'asked', source: 'agent' }] });
      expect(await begin(call.id)).toEqual({ kind: 'suppressed' });
      expect(await stores.world.store.findCall(call.id)).toEqual(call);
    });

    it('placing a call is not begun once the clearance is over', async () => {
      const { calls } = await aSessionWithCalls(stores.world, 1, 1);
      const call = first(calls);
      expect(await begin(call.id, minutesAfter(60))).toEqual({ kind: 'clearance_over' });
      expect(await stores.world.store.findCall(call.id)).toEqual(call);
      expect(await begin(call.id, minutesAfter(59))).toMatchObject({ kind: 'begun' });
    });

    it('placing a call is not begun for a call that is over or unknown', async () => {
      const { session, calls } = await aSessionWithCalls(stores.world, 1, 1);
      await stores.world.store.changeSession(session.id, () => ({
        change: { calls: [over(first(calls))] },
        answer: null,
      }));
      expect(await begin(first(calls).id)).toEqual({ kind: 'not_queued' });
      expect(await begin(newId())).toEqual({ kind: 'not_queued' });
    });

    it('placing a call and giving the same call up do not both happen', async () => {
      const { session, calls } = await aSessionWithCalls(stores.world, 8, 8, {
        session: { lines: 8 },
      });
      const outcomes = await Promise.all(
        calls.map(async (call) => {
          const givingUp = stores.world.store.changeByCall(call.id, ({ subject }) =>
            subject.call.state === 'QUEUED'
              ? { change: { calls: [over(call)] }, answer: 'given up' }
              : nothing('too late'),
          );
          const [begun, gaveUp] = await Promise.all([
            begin(call.id, NOON, stores.world.otherNode),
            givingUp,
          ]);
          return `${begun.kind}, ${gaveUp?.answer}`;
        }),
      );
      for (const outcome of outcomes) {
        expect(['begun, too late', 'not_queued, given up']).toContain(outcome);
      }
      const live = (await stores.world.store.peek(session.id))?.live ?? [];
      expect(live).toHaveLength(outcomes.filter((outcome) => outcome.startsWith('begun')).length);
    });
  });

  describe('a suppressed number', () => {
    it('a suppressed number does not come back into the queue when its call is over', async () => {
      const { session, calls } = await aSessionWithCalls(stores.world, 1, 1);
      const call = first(calls);
      await stores.world.add({
        suppressions: [{ phone: call.phone, reason: 'asked', source: 'person' }],
      });
      const item = await stores.itemOf(call.queueItemId);
      await stores.world.store.changeSession(session.id, () => ({
        change: {
          calls: [over(call)],
          items: [{ ...item, state: 'PENDING', claimedBySessionId: null, dueAt: minutesAfter(9) }],
        },
        answer: null,
      }));
      expect(await stores.itemOf(item.id)).toMatchObject({ state: 'SUPPRESSED' });
    });
  });
}
