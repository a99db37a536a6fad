import type { QueueItem } from '@outdial/core';
import { describe, expect, it } from 'vitest';
import {
  aLead,
  anAgent,
  anItem,
  aQueue,
  aSession,
  aSessionWithCalls,
  first,
  minutesAfter,
  over,
} from '../store-world.js';
import type { OpenedStores } from './opened-stores.js';

/** Items of queues, and the order in which they are called. */
export function queueItemsContract(stores: OpenedStores): void {
  describe('an item', () => {
    it('an item that another session is calling by now is left to it', async () => {
      const { queue, calls, session } = await aSessionWithCalls(stores.world, 1, 1);
      const call = first(calls);
      const item = await stores.itemOf(call.queueItemId);
      const back: QueueItem = { ...item, state: 'PENDING', claimedBySessionId: null, attempts: 1 };
      await stores.world.store.changeSession(session.id, () => ({
        change: { calls: [over(call)], items: [back] },
        answer: null,
      }));
      const agent = anAgent();
      await stores.world.add({ agents: [agent] });
      const second = aSession(agent.id, queue.id);
      await stores.world.store.createSession(second);
      expect((await stores.claim(second, 1)).claimed).toHaveLength(1);
      await stores.world.store.changeByCall(call.id, () => ({
        change: { items: [{ ...back, state: 'DONE' }] },
        answer: null,
      }));
      expect(await stores.itemOf(item.id)).toMatchObject({
        state: 'CLAIMED',
        claimedBySessionId: second.id,
      });
    });

    it('an item keeps the priority that a user gave it during the call', async () => {
      const { session, calls } = await aSessionWithCalls(stores.world, 1, 1);
      const item = await stores.itemOf(first(calls).queueItemId);
      await stores.world.setPriority(item.id, 7);
      await stores.world.store.changeSession(session.id, () => ({
        change: {
          calls: [over(first(calls))],
          items: [{ ...item, state: 'PENDING', claimedBySessionId: null, dueAt: minutesAfter(9) }],
        },
        answer: null,
      }));
      expect(await stores.itemOf(item.id)).toMatchObject({ priority: 7, dueAt: minutesAfter(9) });
    });
  });

  describe('who is called next', () => {
    it('callbacks that are due, then priority, then score, then due time, then age, then the given order', async () => {
      const [agent, queue] = [anAgent(), aQueue()];
      const leads = Array.from({ length: 8 }, (_, index) => aLead({ score: index === 2 ? 50 : 0 }));
      const put = (index: number, more: Parameters<typeof anItem>[2]) =>
        anItem(queue.id, (leads[index] as (typeof leads)[0]).id, more);
      const early = minutesAfter(-10);
      const items = [
        put(7, { position: 2, dueAt: early, createdAt: minutesAfter(1) }),
        put(6, { position: 1, dueAt: early, createdAt: minutesAfter(1) }),
        put(5, { dueAt: early, createdAt: minutesAfter(0) }),
        put(4, { dueAt: minutesAfter(-20) }),
        put(3, { dueAt: minutesAfter(-30) }),
        put(2, {}),
        put(1, { priority: 5 }),
        put(0, { callback: true }),
      ];
      await stores.world.add({ agents: [agent], queues: [queue], leads, items });
      const session = aSession(agent.id, queue.id);
      await stores.world.store.createSession(session);
      const order: string[] = [];
      for (const take of [1, 2, 3, 2]) order.push(...(await stores.claimedLeads(session, take)));
      expect(order).toEqual(leads.map(({ id }) => id));
    });

    it('a claim takes no lead before its due time, and a due callback goes first', async () => {
      const [agent, queue, now, later] = [anAgent(), aQueue(), aLead(), aLead()];
      await stores.world.add({
        agents: [agent],
        queues: [queue],
        leads: [now, later],
        items: [
          anItem(queue.id, now.id),
          anItem(queue.id, later.id, { callback: true, priority: 9, dueAt: minutesAfter(5) }),
        ],
      });
      const session = aSession(agent.id, queue.id);
      await stores.world.store.createSession(session);
      expect(await stores.claimedLeads(session, 2, minutesAfter(4))).toEqual([now.id]);
      expect(await stores.claimedLeads(session, 2, minutesAfter(5))).toEqual([later.id]);
    });

    it('a lead that was tried and is due again, in its place among the others', async () => {
      const { session, calls, leads } = await aSessionWithCalls(stores.world, 3, 1, {
        lead: (index) => ({ score: 10 - index }),
      });
      const item = await stores.itemOf(first(calls).queueItemId);
      await stores.world.store.changeSession(session.id, () => ({
        change: {
          calls: [over(first(calls))],
          items: [{ ...item, state: 'PENDING', claimedBySessionId: null, dueAt: minutesAfter(15) }],
        },
        answer: null,
      }));
      expect(await stores.claimedLeads(session, 1, minutesAfter(14))).toEqual([leads[1]?.id]);
      expect(await stores.claimedLeads(session, 2, minutesAfter(15))).toEqual([
        leads[0]?.id,
        leads[2]?.id,
      ]);
    });
  });
}
