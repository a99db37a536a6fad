import type { Applied } from '@outdial/core';
import { describe, expect, it } from 'vitest';
import {
  anAgent,
  aQueue,
  aSession,
  aSessionWithCalls,
  aSessionWithLeads,
  claiming,
  first,
  minutesAfter,
  NOON,
  newId,
  over,
} from '../store-world.js';
import { nothing, type OpenedStores, round } from './opened-stores.js';

/** Sessions, and the scene that a decision sees. */
export function sessionsContract(stores: OpenedStores): void {
  describe('a session', () => {
    it('a session comes back as it was written, with everything it says', async () => {
      const [agent, queue] = [anAgent(), aQueue()];
      await stores.world.add({ agents: [agent], queues: [queue] });
      const session = aSession(agent.id, queue.id, {
        status: 'PAUSED',
        reason: 'provider_unavailable',
        phase: 'PAUSED',
        winnerCallId: newId(),
        wrapUpUntil: minutesAfter(1),
        nextRoundAt: minutesAfter(2),
        outage: { since: NOON, failures: 2, message: 'down “again”', retryAt: minutesAfter(3) },
        drySince: minutesAfter(4),
        metrics: { attempted: 4, connected: 1, failed: 2, canceled: 1 },
      });
      expect(await stores.world.store.createSession(session)).toBe('created');
      expect(await stores.world.store.findSession(session.id)).toEqual(session);
      expect(await stores.world.store.findOpenSession(agent.id)).toEqual(session);
      expect(await stores.world.store.findSession(newId())).toBeNull();
    });

    it('a session keeps who paused it until it is resumed', async () => {
      const { session } = await aSessionWithLeads(stores.world, 0);
      const ROBIN = { id: newId(), name: 'Robin Ellis' };
      for (const change of [
        { status: 'PAUSED', reason: 'requested_by_user', actor: ROBIN },
        { status: 'RUNNING', reason: null, actor: null },
      ] as const) {
        const applied = await stores.world.store.changeSession(session.id, (scene) => ({
          change: { session: { ...scene.session, ...change } },
          answer: undefined,
        }));
        expect(applied?.session).toMatchObject(change);
        expect(await stores.world.store.findSession(session.id)).toMatchObject(change);
      }
    });

    it('a session is refused while the agent has another one that is not stopped', async () => {
      const { agent, queue, session } = await aSessionWithLeads(stores.world, 0);
      expect(await stores.world.store.createSession(aSession(agent.id, queue.id))).toBe(
        'agent_busy',
      );
      await stores.world.store.changeSession(session.id, (scene) => ({
        change: { session: { ...scene.session, status: 'STOPPED', stoppedAt: NOON } },
        answer: null,
      }));
      expect(await stores.world.store.findOpenSession(agent.id)).toBeNull();
      expect(await stores.world.store.createSession(aSession(agent.id, queue.id))).toBe('created');
    });

    it('a session starts once when two nodes start one for the same agent at the same moment', async () => {
      const [agent, queue] = [anAgent(), aQueue()];
      await stores.world.add({ agents: [agent], queues: [queue] });
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          (n % 2 ? stores.world.store : stores.world.otherNode).createSession(
            aSession(agent.id, queue.id),
          ),
        ),
      );
      expect(answers.filter((answer) => answer === 'created')).toHaveLength(1);
      expect(answers.filter((answer) => answer === 'agent_busy')).toHaveLength(7);
    });

    it('a session needs an agent and a queue that exist', async () => {
      const [agent, queue] = [anAgent(), aQueue()];
      await stores.world.add({ agents: [agent], queues: [queue] });
      expect(await stores.world.store.createSession(aSession(newId(), queue.id))).toBe(
        'unknown_agent',
      );
      expect(await stores.world.store.createSession(aSession(agent.id, newId()))).toBe(
        'unknown_queue',
      );
    });

    it('a session loses no change when many arrive at once, on two nodes', async () => {
      const { session } = await aSessionWithLeads(stores.world, 0);
      await Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          (n % 2 ? stores.world.store : stores.world.otherNode).changeSession(
            session.id,
            (scene) => ({
              change: { session: round(scene.session) },
              answer: null,
            }),
          ),
        ),
      );
      expect((await stores.world.store.findSession(session.id))?.round).toBe(31);
    });

    it('a session tells what it was before a change and what it is now', async () => {
      const { session } = await aSessionWithLeads(stores.world, 0);
      const applied = await stores.world.store.changeSession(session.id, (scene) => ({
        change: { session: round(scene.session) },
        answer: 'said' as const,
      }));
      expect(applied).toEqual({
        before: session,
        session: round(session),
        calls: [],
        queueChanged: false,
        contact: null,
        answer: 'said',
      } satisfies Applied<string>);
    });

    it('a session that does not exist is not changed, and the decision is not called', async () => {
      const decide = () => expect.unreachable();
      expect(await stores.world.store.changeSession(newId(), decide)).toBeNull();
      expect(await stores.world.store.changeByCall(newId(), decide)).toBeNull();
      expect(await stores.world.store.peek(newId())).toBeNull();
      expect(await stores.world.store.fillLines(newId(), NOON, claiming(1))).toBeNull();
    });

    it('a session stays as it was when deciding fails', async () => {
      const { session } = await aSessionWithLeads(stores.world, 1);
      const wrong = new Error('a mistake');
      await expect(
        stores.world.store.changeSession(session.id, () => {
          throw wrong;
        }),
      ).rejects.toThrow(wrong);
      await expect(
        stores.world.store.fillLines(session.id, NOON, {
          ...claiming(1),
          conclude: () => {
            throw wrong;
          },
        }),
      ).rejects.toThrow(wrong);
      expect(await stores.world.store.peek(session.id)).toMatchObject({ session, live: [] });
      expect((await stores.claim(session, 1)).claimed).toHaveLength(1);
    });
  });

  describe('a scene', () => {
    it('a scene shows the session, its agent, and its live calls with their items', async () => {
      const { agent, session, calls } = await aSessionWithCalls(stores.world, 3, 2);
      const scene = await stores.world.store.peek(session.id);
      expect(scene).toMatchObject({ session, agent, busyElsewhere: false });
      expect(scene?.live.map(({ call }) => call)).toEqual(calls);
      for (const { call, item } of scene?.live ?? []) {
        expect(item).toMatchObject({
          id: call.queueItemId,
          state: 'CLAIMED',
          claimedBySessionId: session.id,
        });
      }
    });

    it('a scene shows the call that it was asked for, even when that is over', async () => {
      const { session, calls } = await aSessionWithCalls(stores.world, 1, 1);
      const call = first(calls);
      const live = await stores.world.store.changeByCall(call.id, (scene) => nothing(scene));
      expect(live?.answer.subject.call).toEqual(call);
      expect(live?.answer.live.map((entry) => entry.call)).toEqual([call]);
      await stores.world.store.changeSession(session.id, () => ({
        change: { calls: [over(call)] },
        answer: null,
      }));
      const done = await stores.world.store.changeByCall(call.id, (scene) => nothing(scene));
      expect(done?.answer.subject.call).toEqual(over(call));
      expect(done?.answer.subject.item?.id).toBe(call.queueItemId);
      expect(done?.answer.live).toEqual([]);
    });

    it('a scene goes on without the item when the lead was taken out of the queue during its call', async () => {
      const { session, calls } = await aSessionWithCalls(stores.world, 1, 1);
      const call = first(calls);
      await stores.world.removeItem(call.queueItemId);
      expect((await stores.world.store.peek(session.id))?.live).toEqual([{ call, item: null }]);
      const applied = await stores.world.store.changeByCall(call.id, ({ subject }) => ({
        change: { calls: [over(call)] },
        answer: subject.item,
      }));
      expect(applied?.answer).toBeNull();
      expect(await stores.world.store.findCall(call.id)).toEqual(over(call));
    });

    it('a scene knows that the agent still talks on a call of an earlier session', async () => {
      const { agent, queue, session, calls } = await aSessionWithCalls(stores.world, 1, 1);
      await stores.world.store.changeSession(session.id, (scene) => ({
        change: { session: { ...scene.session, status: 'STOPPED', stoppedAt: NOON } },
        answer: null,
      }));
      const next = aSession(agent.id, queue.id);
      await stores.world.store.createSession(next);
      expect((await stores.world.store.peek(next.id))?.busyElsewhere).toBe(true);
      await stores.world.store.changeByCall(first(calls).id, () => ({
        change: { calls: [over(first(calls))] },
        answer: null,
      }));
      expect((await stores.world.store.peek(next.id))?.busyElsewhere).toBe(false);
    });
  });
}
