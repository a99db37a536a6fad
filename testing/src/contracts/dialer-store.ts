import {
  type Applied,
  type Call,
  type Decision,
  EarlierEventsWait,
  type LineFilling,
  type NewProviderEvent,
  type QueuedCall,
  type QueueItem,
  type Scene,
  type SceneOfCall,
  type Session,
} from '@outdial/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { savedAs } from '../builders/scenes.js';
import {
  aLead,
  anAgent,
  anItem,
  aQueue,
  aSession,
  aSessionWithCalls,
  aSessionWithLeads,
  claiming,
  dialing,
  first,
  minutesAfter,
  NOON,
  newId,
  over,
  type StoreWorld,
} from './store-world.js';

const nothing = <T>(answer: T): Decision<T> => ({ change: {}, answer });
const round = (session: Session, by = 1): Session => ({ ...session, round: session.round + by });

/** What every store of sessions, calls and queue items promises. `openWorld` is called once, and closed at the end. */
export function dialerStoreContract(openWorld: () => Promise<StoreWorld>): void {
  let world: StoreWorld;
  beforeAll(async () => {
    world = await openWorld();
  }, 60_000);
  afterAll(() => world?.close());

  const claim = (session: Session, take: number, now = NOON, node = world.store) =>
    node.fillLines(session.id, now, claiming(take)).then((applied) => {
      if (applied === null) throw new Error('The session is not there.');
      return applied.answer;
    });
  const claimedLeads = async (session: Session, take: number, now = NOON) =>
    (await claim(session, take, now)).claimed.map((call) => call.leadId);
  const itemOf = async (itemId: string): Promise<QueueItem> => {
    const item = await world.item(itemId);
    if (item === null) throw new Error(`There is no item ${itemId}.`);
    return item;
  };

  describe('a session', () => {
    it('a session comes back as it was written, with everything it says', async () => {
      const [agent, queue] = [anAgent(), aQueue()];
      await world.add({ agents: [agent], queues: [queue] });
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
      expect(await world.store.createSession(session)).toBe('created');
      expect(await world.store.findSession(session.id)).toEqual(session);
      expect(await world.store.findOpenSession(agent.id)).toEqual(session);
      expect(await world.store.findSession(newId())).toBeNull();
    });

    it('a session keeps who paused it until it is resumed', async () => {
      const { session } = await aSessionWithLeads(world, 0);
      const ROBIN = { id: newId(), name: 'Robin Ellis' };
      for (const change of [
        { status: 'PAUSED', reason: 'requested_by_user', actor: ROBIN },
        { status: 'RUNNING', reason: null, actor: null },
      ] as const) {
        const applied = await world.store.changeSession(session.id, (scene) => ({
          change: { session: { ...scene.session, ...change } },
          answer: undefined,
        }));
        expect(applied?.session).toMatchObject(change);
        expect(await world.store.findSession(session.id)).toMatchObject(change);
      }
    });

    it('a session is refused while the agent has another one that is not stopped', async () => {
      const { agent, queue, session } = await aSessionWithLeads(world, 0);
      expect(await world.store.createSession(aSession(agent.id, queue.id))).toBe('agent_busy');
      await world.store.changeSession(session.id, (scene) => ({
        change: { session: { ...scene.session, status: 'STOPPED', stoppedAt: NOON } },
        answer: null,
      }));
      expect(await world.store.findOpenSession(agent.id)).toBeNull();
      expect(await world.store.createSession(aSession(agent.id, queue.id))).toBe('created');
    });

    it('a session starts once when two nodes start one for the same agent at the same moment', async () => {
      const [agent, queue] = [anAgent(), aQueue()];
      await world.add({ agents: [agent], queues: [queue] });
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          (n % 2 ? world.store : world.otherNode).createSession(aSession(agent.id, queue.id)),
        ),
      );
      expect(answers.filter((answer) => answer === 'created')).toHaveLength(1);
      expect(answers.filter((answer) => answer === 'agent_busy')).toHaveLength(7);
    });

    it('a session needs an agent and a queue that exist', async () => {
      const [agent, queue] = [anAgent(), aQueue()];
      await world.add({ agents: [agent], queues: [queue] });
      expect(await world.store.createSession(aSession(newId(), queue.id))).toBe('unknown_agent');
      expect(await world.store.createSession(aSession(agent.id, newId()))).toBe('unknown_queue');
    });

    it('a session loses no change when many arrive at once, on two nodes', async () => {
      const { session } = await aSessionWithLeads(world, 0);
      await Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          (n % 2 ? world.store : world.otherNode).changeSession(session.id, (scene) => ({
            change: { session: round(scene.session) },
            answer: null,
          })),
        ),
      );
      expect((await world.store.findSession(session.id))?.round).toBe(31);
    });

    it('a session tells what it was before a change and what it is now', async () => {
      const { session } = await aSessionWithLeads(world, 0);
      const applied = await world.store.changeSession(session.id, (scene) => ({
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
      expect(await world.store.changeSession(newId(), decide)).toBeNull();
      expect(await world.store.changeByCall(newId(), decide)).toBeNull();
      expect(await world.store.peek(newId())).toBeNull();
      expect(await world.store.fillLines(newId(), NOON, claiming(1))).toBeNull();
    });

    it('a session stays as it was when deciding fails', async () => {
      const { session } = await aSessionWithLeads(world, 1);
      const wrong = new Error('a mistake');
      await expect(
        world.store.changeSession(session.id, () => {
          throw wrong;
        }),
      ).rejects.toThrow(wrong);
      await expect(
        world.store.fillLines(session.id, NOON, {
          ...claiming(1),
          conclude: () => {
            throw wrong;
          },
        }),
      ).rejects.toThrow(wrong);
      expect(await world.store.peek(session.id)).toMatchObject({ session, live: [] });
      expect((await claim(session, 1)).claimed).toHaveLength(1);
    });
  });

  describe('a scene', () => {
    it('a scene shows the session, its agent, and its live calls with their items', async () => {
      const { agent, session, calls } = await aSessionWithCalls(world, 3, 2);
      const scene = await world.store.peek(session.id);
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
      const { session, calls } = await aSessionWithCalls(world, 1, 1);
      const call = first(calls);
      const live = await world.store.changeByCall(call.id, (scene) => nothing(scene));
      expect(live?.answer.subject.call).toEqual(call);
      expect(live?.answer.live.map((entry) => entry.call)).toEqual([call]);
      await world.store.changeSession(session.id, () => ({
        change: { calls: [over(call)] },
        answer: null,
      }));
      const done = await world.store.changeByCall(call.id, (scene) => nothing(scene));
      expect(done?.answer.subject.call).toEqual(over(call));
      expect(done?.answer.subject.item?.id).toBe(call.queueItemId);
      expect(done?.answer.live).toEqual([]);
    });

    it('a scene goes on without the item when the lead was taken out of the queue during its call', async () => {
      const { session, calls } = await aSessionWithCalls(world, 1, 1);
      const call = first(calls);
      await world.removeItem(call.queueItemId);
      expect((await world.store.peek(session.id))?.live).toEqual([{ call, item: null }]);
      const applied = await world.store.changeByCall(call.id, ({ subject }) => ({
        change: { calls: [over(call)] },
        answer: subject.item,
      }));
      expect(applied?.answer).toBeNull();
      expect(await world.store.findCall(call.id)).toEqual(over(call));
    });

    it('a scene knows that the agent still talks on a call of an earlier session', async () => {
      const { agent, queue, session, calls } = await aSessionWithCalls(world, 1, 1);
      await world.store.changeSession(session.id, (scene) => ({
        change: { session: { ...scene.session, status: 'STOPPED', stoppedAt: NOON } },
        answer: null,
      }));
      const next = aSession(agent.id, queue.id);
      await world.store.createSession(next);
      expect((await world.store.peek(next.id))?.busyElsewhere).toBe(true);
      await world.store.changeByCall(first(calls).id, () => ({
        change: { calls: [over(first(calls))] },
        answer: null,
      }));
      expect((await world.store.peek(next.id))?.busyElsewhere).toBe(false);
    });
  });

  describe('a call', () => {
    it('a call comes back as it was written, in every state', async () => {
      const { session, calls } = await aSessionWithCalls(world, 1, 1);
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
        const applied = await world.store.changeSession(session.id, () => ({
          change: { calls: [call] },
          answer: null,
        }));
        expect(applied?.calls).toEqual([call]);
        expect(await world.store.findCall(call.id)).toEqual(call);
      }
      expect(await world.store.findCall(newId())).toBeNull();
    });

    it('a call is written together with its session, its item and the event that said so, or not at all', async () => {
      const { session, calls } = await aSessionWithCalls(world, 2, 2, {});
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
      await world.inbox.store(event);
      const answered = (of: typeof call, providerCallId: string): Call => ({
        ...dialing(of),
        providerCallId,
        state: 'IN_PROGRESS',
        ringingAt: null,
        answeredAt: NOON,
        answeredBy: 'PERSON',
        winner: true,
      });
      const item = await itemOf(call.queueItemId);
      const done: QueueItem = { ...item, state: 'DONE', claimedBySessionId: null };
      // Two winners of one round: P4.
      await expect(
        world.store.changeByCall(call.id, (scene) => ({
          change: {
            session: round(scene.session),
            calls: [answered(call, newId()), answered(other, newId())],
            items: [done],
            processedEventIds: [event.id],
          },
          answer: null,
        })),
      ).rejects.toThrow();
      expect(await world.store.findCall(call.id)).toEqual(call);
      expect(await itemOf(call.queueItemId)).toEqual(item);
      expect(await world.inbox.find(event.id)).toMatchObject({ state: 'PENDING' });

      const applied = await world.store.changeByCall(call.id, (scene) => ({
        change: {
          session: round(scene.session),
          calls: [over(call)],
          items: [done],
          processedEventIds: [event.id],
        },
        answer: null,
      }));
      expect(applied).toMatchObject({ queueChanged: true, session: { round: session.round + 1 } });
      expect(await world.store.findCall(call.id)).toEqual(over(call));
      expect(await itemOf(call.queueItemId)).toEqual(done);
      expect(await world.inbox.find(event.id)).toMatchObject({
        state: 'PROCESSED',
        callId: call.id,
      });
    });

    it('a call learns of its events in the order in which they came, but not from one that cannot be applied', async () => {
      const { session, calls } = await aSessionWithCalls(world, 1, 1);
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
      for (const event of [three, two, ofAnotherCall, one]) await world.inbox.store(event);
      const apply = (...events: (typeof one)[]) =>
        world.store.changeByCall(call.id, (scene) => ({
          change: {
            session: { ...scene.session, round: scene.session.round + 1 },
            processedEventIds: events.map(({ id }) => id),
          },
          answer: null,
        }));

      await expect(apply(two)).rejects.toThrow(EarlierEventsWait);
      await expect(apply(three, two)).rejects.toThrow(EarlierEventsWait);
      expect(await world.store.findSession(session.id)).toMatchObject({ round: session.round });
      await apply(two, one);
      await apply(three);
      expect(await world.inbox.untried('simulator', callKey)).toEqual([]);
      expect(await world.store.findSession(session.id)).toMatchObject({ round: session.round + 2 });

      const [poisoned, after] = [anEvent(4), anEvent(5)];
      for (const event of [poisoned, after]) await world.inbox.store(event);
      await expect(apply(after)).rejects.toThrow(EarlierEventsWait);
      await world.inbox.failed(poisoned.id, 'not to be read', minutesAfter(6));
      await apply(after);
      expect(await world.inbox.untried('simulator', callKey)).toEqual([]);
    });

    it('a call is bound to a provider’s call that no other call is bound to', async () => {
      const { session, calls } = await aSessionWithCalls(world, 2, 2);
      const providerCallId = newId();
      const bind = (call: (typeof calls)[0]) =>
        world.store.changeSession(session.id, () => ({
          change: { calls: [{ ...dialing(call), providerCallId }] },
          answer: null,
        }));
      const [one, two] = calls as [(typeof calls)[0], (typeof calls)[0]];
      await bind(one);
      await expect(bind(two)).rejects.toThrow();
      expect(await world.store.findCallByProviderId('simulator', providerCallId)).toBe(one.id);
      expect(await world.store.findCallByProviderId('aircall', providerCallId)).toBeNull();
      expect(await world.store.findCallByProviderId('simulator', newId())).toBeNull();
    });

    it('a call keeps what the CRM has of it, unless the agent said something new', async () => {
      const { calls } = await aSessionWithCalls(world, 1, 1);
      const call = first(calls);
      const ended = over(call);
      const put = (next: Call) =>
        world.store.changeByCall(call.id, () => ({ change: { calls: [next] }, answer: null }));
      await put(ended);
      await world.crm.synced(
        call.id,
        { revision: 1, activityId: 'A-1', contactExternalId: 'C-1' },
        minutesAfter(2),
      );
      // Decided on what it was before the sync, as a decision may be that ran at the same time.
      await put({ ...ended, reason: 'heard again' });
      expect(await world.store.findCall(call.id)).toMatchObject({
        reason: 'heard again',
        crm: { state: 'SYNCED', dueAt: null, activityId: 'A-1' },
      });
      const crm = { ...ended.crm, revision: 2, dueAt: minutesAfter(3), activityId: 'A-1' };
      await put({ ...ended, crm });
      expect(await world.store.findCall(call.id)).toMatchObject({ crm });
    });
  });

  describe('an item', () => {
    it('an item that another session is calling by now is left to it', async () => {
      const { queue, calls, session } = await aSessionWithCalls(world, 1, 1);
      const call = first(calls);
      const item = await itemOf(call.queueItemId);
      const back: QueueItem = { ...item, state: 'PENDING', claimedBySessionId: null, attempts: 1 };
      await world.store.changeSession(session.id, () => ({
        change: { calls: [over(call)], items: [back] },
        answer: null,
      }));
      const agent = anAgent();
      await world.add({ agents: [agent] });
      const second = aSession(agent.id, queue.id);
      await world.store.createSession(second);
      expect((await claim(second, 1)).claimed).toHaveLength(1);
      await world.store.changeByCall(call.id, () => ({
        change: { items: [{ ...back, state: 'DONE' }] },
        answer: null,
      }));
      expect(await itemOf(item.id)).toMatchObject({
        state: 'CLAIMED',
        claimedBySessionId: second.id,
      });
    });

    it('an item keeps the priority that a user gave it during the call', async () => {
      const { session, calls } = await aSessionWithCalls(world, 1, 1);
      const item = await itemOf(first(calls).queueItemId);
      await world.setPriority(item.id, 7);
      await world.store.changeSession(session.id, () => ({
        change: {
          calls: [over(first(calls))],
          items: [{ ...item, state: 'PENDING', claimedBySessionId: null, dueAt: minutesAfter(9) }],
        },
        answer: null,
      }));
      expect(await itemOf(item.id)).toMatchObject({ priority: 7, dueAt: minutesAfter(9) });
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
      await world.add({ agents: [agent], queues: [queue], leads, items });
      const session = aSession(agent.id, queue.id);
      await world.store.createSession(session);
      const order: string[] = [];
      for (const take of [1, 2, 3, 2]) order.push(...(await claimedLeads(session, take)));
      expect(order).toEqual(leads.map(({ id }) => id));
    });

    it('a claim takes no lead before its due time, and a due callback goes first', async () => {
      const [agent, queue, now, later] = [anAgent(), aQueue(), aLead(), aLead()];
      await world.add({
        agents: [agent],
        queues: [queue],
        leads: [now, later],
        items: [
          anItem(queue.id, now.id),
          anItem(queue.id, later.id, { callback: true, priority: 9, dueAt: minutesAfter(5) }),
        ],
      });
      const session = aSession(agent.id, queue.id);
      await world.store.createSession(session);
      expect(await claimedLeads(session, 2, minutesAfter(4))).toEqual([now.id]);
      expect(await claimedLeads(session, 2, minutesAfter(5))).toEqual([later.id]);
    });

    it('a lead that was tried and is due again, in its place among the others', async () => {
      const { session, calls, leads } = await aSessionWithCalls(world, 3, 1, {
        lead: (index) => ({ score: 10 - index }),
      });
      const item = await itemOf(first(calls).queueItemId);
      await world.store.changeSession(session.id, () => ({
        change: {
          calls: [over(first(calls))],
          items: [{ ...item, state: 'PENDING', claimedBySessionId: null, dueAt: minutesAfter(15) }],
        },
        answer: null,
      }));
      expect(await claimedLeads(session, 1, minutesAfter(14))).toEqual([leads[1]?.id]);
      expect(await claimedLeads(session, 2, minutesAfter(15))).toEqual([
        leads[0]?.id,
        leads[2]?.id,
      ]);
    });
  });

  describe('a claim', () => {
    it('a claim writes the calls as QUEUED and marks their items, and tells what it did', async () => {
      const { session, items } = await aSessionWithLeads(world, 3);
      const applied = await world.store.fillLines(session.id, NOON, claiming(2));
      expect(applied).toMatchObject({ before: session, session, queueChanged: true });
      expect(applied?.calls).toEqual(applied?.answer.claimed);
      expect(applied?.calls.map((call) => call.queueItemId)).toEqual([items[0]?.id, items[1]?.id]);
      for (const call of applied?.calls ?? []) {
        expect(await world.store.findCall(call.id)).toEqual(call);
        expect(await itemOf(call.queueItemId)).toMatchObject({
          state: 'CLAIMED',
          claimedBySessionId: session.id,
        });
      }
      expect(await itemOf(items[2]?.id as string)).toMatchObject({ state: 'PENDING' });
    });

    it('a claim writes the session as opened and concluded', async () => {
      const { session } = await aSessionWithLeads(world, 1);
      const opened: LineFilling<Scene> = {
        ...claiming(1),
        open: (scene) => ({ take: 1, session: round(scene.session) }),
        assess: (candidate, scene) => {
          expect(scene.session.round).toBe(2);
          return claiming(1).assess(candidate, scene);
        },
        conclude: (scene) => nothing(scene),
      };
      const applied = await world.store.fillLines(session.id, NOON, opened);
      expect(applied?.answer.session.round).toBe(2);
      expect(applied).toMatchObject({ before: { round: 1 }, session: { round: 2 } });
      expect(await world.store.findSession(session.id)).toMatchObject({ round: 2 });
      await world.store.fillLines(session.id, NOON, {
        ...opened,
        open: (scene) => ({ take: 0, session: round(scene.session) }),
        conclude: (scene, claimed) => {
          expect(claimed).toEqual([]);
          return { change: { session: { ...scene.session, wakeAt: null } }, answer: scene };
        },
      });
      expect(await world.store.findSession(session.id)).toMatchObject({ round: 3, wakeAt: null });
    });

    it('a claim writes the calls as the conclusion wants them', async () => {
      const { session } = await aSessionWithLeads(world, 2);
      const applied = await world.store.fillLines(session.id, NOON, {
        ...claiming(2),
        conclude: (_scene, claimed) => ({
          change: { calls: [{ ...first(claimed), placeAt: minutesAfter(3) }] },
          answer: claimed,
        }),
      });
      expect(applied?.calls).toHaveLength(2);
      expect(await world.store.findCall(first(applied?.answer ?? []).id)).toMatchObject({
        placeAt: minutesAfter(3),
      });
    });

    it('a claim of a lead leaves its other queues alone until that call is over', async () => {
      const { session, leads, calls } = await aSessionWithCalls(world, 2, 1);
      const [agent, queue] = [anAgent(), aQueue()];
      const items = leads.map((lead, position) => anItem(queue.id, lead.id, { position }));
      await world.add({ agents: [agent], queues: [queue], items });
      const second = aSession(agent.id, queue.id);
      await world.store.createSession(second);
      expect(await claim(second, 2)).toMatchObject({
        claimed: [{ leadId: leads[1]?.id }],
        outlook: { blocked: true },
      });
      const item = await itemOf(first(calls).queueItemId);
      await world.store.changeSession(session.id, () => ({
        change: {
          calls: [over(first(calls))],
          items: [{ ...item, state: 'DONE', claimedBySessionId: null }],
        },
        answer: null,
      }));
      expect(await claimedLeads(second, 2)).toEqual([leads[0]?.id]);
    });

    it('a claim passes over a number that must not be called, and marks its place in the queue', async () => {
      const { session, leads, items } = await aSessionWithLeads(world, 3);
      const phone = leads[0]?.phone as string;
      await world.add({ suppressions: [{ phone, reason: 'asked', source: 'person' }] });
      expect(await claimedLeads(session, 2)).toEqual([leads[1]?.id, leads[2]?.id]);
      expect(await itemOf(items[0]?.id as string)).toMatchObject({ state: 'SUPPRESSED' });
    });

    it('a claim holds who may not be called now until they may, and takes the next', async () => {
      const { session, leads, items } = await aSessionWithLeads(world, 40);
      const asleep = new Set(leads.slice(0, 30).map(({ id }) => id));
      const nine = minutesAfter(60);
      const applied = await world.store.fillLines(
        session.id,
        NOON,
        claiming(3, (leadId) => (asleep.has(leadId) ? nine : null)),
      );
      expect(applied?.answer.claimed.map((call) => call.leadId)).toEqual(
        leads.slice(30, 33).map(({ id }) => id),
      );
      expect(await itemOf(items[29]?.id as string)).toMatchObject({
        state: 'PENDING',
        dueAt: nine,
        heldReason: 'outside calling hours',
      });
      // No lead is deferred twice, and at nine the deferred ones come first again.
      expect(await claimedLeads(session, 1)).toEqual([leads[33]?.id]);
      expect(await claimedLeads(session, 2, nine)).toEqual([leads[34]?.id, leads[35]?.id]);
    });

    it('a claim judges a bounded number at once, and says that there may be more', async () => {
      const { session } = await aSessionWithLeads(world, 600);
      const judged: string[] = [];
      const holding = claiming(2, (leadId) => {
        judged.push(leadId);
        return minutesAfter(60);
      });
      const firstTime = await world.store.fillLines(session.id, NOON, holding);
      expect(firstTime?.answer).toMatchObject({ claimed: [], outlook: { blocked: true } });
      expect(judged.length).toBeLessThan(600);
      const secondTime = await world.store.fillLines(session.id, NOON, holding);
      expect(secondTime?.answer.outlook).toEqual({ blocked: false, nextDueAt: minutesAfter(60) });
      expect(new Set(judged).size).toBe(600);
      expect(judged).toHaveLength(600);
    });

    it('a claim that gets less than it wants returns the next due time', async () => {
      const [agent, queue, soon, later, never] = [anAgent(), aQueue(), aLead(), aLead(), aLead()];
      await world.add({
        agents: [agent],
        queues: [queue],
        leads: [soon, later, never],
        items: [
          anItem(queue.id, later.id, { dueAt: minutesAfter(20) }),
          anItem(queue.id, soon.id, { dueAt: minutesAfter(10) }),
          anItem(queue.id, never.id, { dueAt: minutesAfter(5) }),
        ],
        suppressions: [{ phone: never.phone, reason: 'asked', source: 'import' }],
      });
      const session = aSession(agent.id, queue.id);
      await world.store.createSession(session);
      expect(await claim(session, 1)).toEqual({
        claimed: [],
        outlook: { blocked: false, nextDueAt: minutesAfter(10) },
      });
      const empty = await aSessionWithLeads(world, 0);
      expect((await claim(empty.session, 1)).outlook).toEqual({ blocked: false, nextDueAt: null });
    });

    it('a claim never takes a lead twice, however many sessions claim at once from queues that share leads', async () => {
      const leads = Array.from({ length: 60 }, () => aLead());
      const queues = [aQueue(), aQueue(), aQueue()];
      const agents = Array.from({ length: 12 }, () => anAgent());
      const items = queues.flatMap((queue, q) =>
        leads.map((lead, position) =>
          anItem(queue.id, lead.id, { position: q === 1 ? 60 - position : position }),
        ),
      );
      await world.add({ agents, queues, leads, items });
      const sessions = agents.map((agent, n) =>
        aSession(agent.id, (queues[n % 3] as (typeof queues)[0]).id),
      );
      for (const session of sessions) await world.store.createSession(session);
      const claims = await Promise.all(
        sessions.map((session, n) =>
          claim(session, 5, NOON, n % 2 ? world.store : world.otherNode),
        ),
      );
      const calls = claims.flatMap(({ claimed }) => claimed);
      expect(new Set(calls.map((call) => call.leadId)).size).toBe(calls.length);
      expect(new Set(calls.map((call) => call.phone)).size).toBe(calls.length);
      expect(new Set(calls.map((call) => call.queueItemId)).size).toBe(calls.length);
      for (const { claimed, outlook } of claims) {
        expect(claimed.length === 5 || outlook.blocked || calls.length === 60).toBe(true);
      }
      // A claim that got less runs again, and in the end every lead is on exactly one call.
      for (const [n, session] of sessions.entries()) {
        const missing = 5 - (claims[n]?.claimed.length ?? 0);
        if (missing > 0) calls.push(...(await claim(session, missing)).claimed);
      }
      expect(new Set(calls.map((call) => call.leadId)).size).toBe(60);
    });
  });

  describe('placing a call', () => {
    const begin = (callId: string, now = NOON, node = world.store) =>
      node.beginPlacing(callId, now, minutesAfter(2));

    it('placing a call is begun by exactly one of many who try (P3)', async () => {
      const { agent, session, calls } = await aSessionWithCalls(world, 1, 1);
      const call = first(calls);
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          begin(call.id, NOON, n % 2 ? world.store : world.otherNode),
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
      expect(await world.store.findCall(call.id)).toEqual(begun[0]?.call);
    });

    it('placing a call is not begun to a number that was suppressed after the claim (P8)', async () => {
      const { calls } = await aSessionWithCalls(world, 1, 1);
      const call = first(calls);
      const { phone } = call;
      await world.add({ suppressions: [{ phone, reason: 'asked', source: 'agent' }] });
      expect(await begin(call.id)).toEqual({ kind: 'suppressed' });
      expect(await world.store.findCall(call.id)).toEqual(call);
    });

    it('placing a call is not begun once the clearance is over', async () => {
      const { calls } = await aSessionWithCalls(world, 1, 1);
      const call = first(calls);
      expect(await begin(call.id, minutesAfter(60))).toEqual({ kind: 'clearance_over' });
      expect(await world.store.findCall(call.id)).toEqual(call);
      expect(await begin(call.id, minutesAfter(59))).toMatchObject({ kind: 'begun' });
    });

    it('placing a call is not begun for a call that is over or unknown', async () => {
      const { session, calls } = await aSessionWithCalls(world, 1, 1);
      await world.store.changeSession(session.id, () => ({
        change: { calls: [over(first(calls))] },
        answer: null,
      }));
      expect(await begin(first(calls).id)).toEqual({ kind: 'not_queued' });
      expect(await begin(newId())).toEqual({ kind: 'not_queued' });
    });

    it('placing a call and giving the same call up do not both happen', async () => {
      const { session, calls } = await aSessionWithCalls(world, 8, 8, { session: { lines: 8 } });
      const outcomes = await Promise.all(
        calls.map(async (call) => {
          const givingUp = world.store.changeByCall(call.id, ({ subject }) =>
            subject.call.state === 'QUEUED'
              ? { change: { calls: [over(call)] }, answer: 'given up' }
              : nothing('too late'),
          );
          const [begun, gaveUp] = await Promise.all([
            begin(call.id, NOON, world.otherNode),
            givingUp,
          ]);
          return `${begun.kind}, ${gaveUp?.answer}`;
        }),
      );
      for (const outcome of outcomes) {
        expect(['begun, too late', 'not_queued, given up']).toContain(outcome);
      }
      const live = (await world.store.peek(session.id))?.live ?? [];
      expect(live).toHaveLength(outcomes.filter((outcome) => outcome.startsWith('begun')).length);
    });
  });

  describe('a suppressed number', () => {
    it('a suppressed number does not come back into the queue when its call is over', async () => {
      const { session, calls } = await aSessionWithCalls(world, 1, 1);
      const call = first(calls);
      await world.add({ suppressions: [{ phone: call.phone, reason: 'asked', source: 'person' }] });
      const item = await itemOf(call.queueItemId);
      await world.store.changeSession(session.id, () => ({
        change: {
          calls: [over(call)],
          items: [{ ...item, state: 'PENDING', claimedBySessionId: null, dueAt: minutesAfter(9) }],
        },
        answer: null,
      }));
      expect(await itemOf(item.id)).toMatchObject({ state: 'SUPPRESSED' });
    });
  });

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
      const { session, calls } = await aSessionWithCalls(world, 2, 2);
      const call = first(calls);
      await world.store.beginPlacing(call.id, NOON, minutesAfter(2));
      // So that it is remembered, where a store remembers.
      await world.store.peek(session.id, 'remembered');
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
      const applied = await world.store.changeOnArrival(event, { callId: call.id }, rings(call));
      expect(applied).toMatchObject({ answer: 'decided', session: { round: session.round + 1 } });
      expect(await world.store.findCall(call.id)).toMatchObject({ placement: 'ACCEPTED' });
      expect(await world.inbox.find(event.id)).toMatchObject({
        state: 'PROCESSED',
        callId: call.id,
        callKey: call.id,
        receivedAt: minutesAfter(1),
        payload: { event: 'call.ringing' },
      });
      expect(await world.inbox.store(arriving({ dedupeKey: event.dedupeKey }))).toBe('duplicate');
    });

    it('a second time changes nothing, whichever way it was stored', async () => {
      const { session, call, event } = await toldOf();
      await world.store.changeOnArrival(event, { callId: call.id }, rings(call));
      const again = { ...event, id: newId() };
      expect(await world.store.changeOnArrival(again, { callId: call.id }, rings(call))).toBe(
        'not_now',
      );
      const stored = arriving({ callKey: call.id });
      await world.inbox.store(stored);
      await world.inbox.settle([stored.id], 'PROCESSED', null);
      const twice = { ...stored, id: newId() };
      expect(await world.store.changeOnArrival(twice, { callId: call.id }, rings(call))).toBe(
        'not_now',
      );
      expect(await world.store.findSession(session.id)).toMatchObject({ round: session.round + 1 });
      expect(await world.inbox.find(again.id)).toBeNull();
    });

    it('an event that arrives does not overtake an earlier one of its call that waits', async () => {
      const { session, call, event } = await toldOf();
      await world.inbox.store(arriving({ callKey: call.id, receivedAt: NOON }));
      expect(await world.store.changeOnArrival(event, { callId: call.id }, rings(call))).toBe(
        'not_now',
      );
      expect(await world.store.findSession(session.id)).toEqual(session);
      expect(await world.inbox.find(event.id)).toBeNull();
    });

    it('an event that arrives about a call that is over, unknown or of another provider is left to the inbox', async () => {
      const { session, call, event } = await toldOf();
      const decide = (of: NewProviderEvent, callId: string) =>
        world.store.changeOnArrival(of, { callId }, rings(call));
      expect(await decide(event, newId())).toBe('not_now');
      expect(await decide({ ...event, provider: 'aircall' }, call.id)).toBe('not_now');
      await world.store.changeSession(session.id, () => ({
        change: { calls: [over(call)] },
        answer: null,
      }));
      expect(await decide(event, call.id)).toBe('not_now');
      expect(world.store.recall(call.id)).toBeNull();
    });

    it('an event that arrives is decided by one of two nodes to which it is delivered, or by neither', async () => {
      for (let n = 0; n < 5; n += 1) {
        const { session, call, event } = await toldOf();
        await world.otherNode.peek(session.id, 'remembered');
        const answers = await Promise.all(
          [world.store, world.otherNode].map((node, index) =>
            node.changeOnArrival({ ...event, id: newId() }, { callId: call.id }, (scene) => ({
              ...rings(call)(scene),
              answer: String(index),
            })),
          ),
        );
        const decided = answers.filter((answer) => answer !== 'not_now');
        expect(decided.length).toBeLessThanOrEqual(1);
        const { round: now } = (await world.store.findSession(session.id)) ?? session;
        expect(now).toBe(session.round + decided.length);
        const kept = await world.inbox.store(arriving({ dedupeKey: event.dedupeKey }));
        expect(kept).toBe(decided.length === 1 ? 'duplicate' : 'stored');
      }
    });
  });

  describe('finding', () => {
    it('the call that an event means by agent, number and time', async () => {
      const { agent, session, calls } = await aSessionWithCalls(world, 2, 2);
      const [call, queued] = calls as [(typeof calls)[0], (typeof calls)[0]];
      await world.store.beginPlacing(call.id, minutesAfter(1), minutesAfter(2));
      const search = {
        provider: 'simulator',
        agentProviderUserId: 'unknown',
        agentEmail: agent.email.toUpperCase(),
        to: call.phone,
        dialedBefore: minutesAfter(1),
      };
      expect(await world.store.findPlacedCall(search)).toBe(call.id);
      expect(await world.store.findPlacedCall({ ...search, to: queued.phone })).toBeNull();
      expect(await world.store.findPlacedCall({ ...search, provider: 'aircall' })).toBeNull();
      expect(await world.store.findPlacedCall({ ...search, agentEmail: 'x@y.test' })).toBeNull();
      expect(await world.store.findPlacedCall({ ...search, agentEmail: null })).toBeNull();
      expect(await world.store.findPlacedCall({ ...search, dialedBefore: NOON })).toBeNull();
      await world.store.changeSession(session.id, () => ({
        change: { calls: [{ ...dialing(call), providerCallId: newId() }] },
        answer: null,
      }));
      expect(await world.store.findPlacedCall(search)).toBeNull();
    });

    it('the search finds that a call was closed before the provider’s id of it was known', async () => {
      const { agent, session, calls } = await aSessionWithCalls(world, 2, 2);
      const [unknown, known] = calls as [(typeof calls)[0], (typeof calls)[0]];
      for (const call of calls) {
        await world.store.beginPlacing(call.id, minutesAfter(1), minutesAfter(2));
      }
      const closed = {
        provider: 'simulator',
        agentId: agent.id,
        to: unknown.phone,
        dialedSince: NOON,
        dialedBefore: minutesAfter(1),
      };
      expect(await world.store.wasClosedUnknown(closed)).toBe(false);
      const end = (call: (typeof calls)[0], providerCallId: string | null) => ({
        ...over(call),
        dialedAt: minutesAfter(1),
        endedAt: minutesAfter(2),
        providerCallId,
      });
      await world.store.changeSession(session.id, () => ({
        change: { calls: [end(unknown, null), end(known, newId())] },
        answer: null,
      }));
      expect(await world.store.wasClosedUnknown(closed)).toBe(true);
      for (const other of [
        { to: known.phone },
        { provider: 'aircall' },
        { agentId: newId() },
        { dialedSince: minutesAfter(1.5) },
        { dialedBefore: minutesAfter(0.5) },
      ]) {
        expect(await world.store.wasClosedUnknown({ ...closed, ...other })).toBe(false);
      }
    });

    it('the agent by the provider’s user, else by the address in any case', async () => {
      const userId = newId();
      const configured = anAgent({ identities: { one: { userId, numberId: null } } });
      const plain = anAgent({ email: `Plain.${newId()}@Example.test` });
      await world.add({ agents: [configured, plain] });
      const find = (user: string, email: string | null, connectionId = 'one') =>
        world.store.findAgentAtProvider(connectionId, user, email);
      expect(await find(userId, plain.email)).toEqual(configured);
      // At another connection the same user id is another user, and the address says who the agent is.
      expect(await find(userId, null, 'other')).toBeNull();
      expect(await find('any', configured.email, 'other')).toEqual(configured);
      expect(await find('other', plain.email.toLowerCase())).toEqual(plain);
      // Another provider user is configured for the agent, so the address does not count.
      expect(await find('other', configured.email)).toBeNull();
      expect(await find('other', null)).toBeNull();
      expect(await world.store.findAgent(plain.id)).toEqual(plain);
      expect(await world.store.findAgent(newId())).toBeNull();
    });
  });

  describe('work', () => {
    it('work that is open is found when a process starts', async () => {
      const { session, calls } = await aSessionWithCalls(world, 2, 2);
      const stopped = await aSessionWithCalls(world, 1, 1);
      await world.store.changeSession(stopped.session.id, (scene) => ({
        change: {
          session: { ...scene.session, status: 'STOPPED', stoppedAt: NOON },
          calls: [over(first(stopped.calls))],
        },
        answer: null,
      }));
      const { callIds, sessionIds } = await world.store.openWork();
      expect(callIds).toEqual(expect.arrayContaining(calls.map(({ id }) => id)));
      expect(callIds).not.toContain(first(stopped.calls).id);
      expect(sessionIds).toContain(session.id);
      expect(sessionIds).not.toContain(stopped.session.id);
    });
  });
}
