import type { LineFilling, Scene } from '@outdial/core';
import { describe, expect, it } from 'vitest';
import {
  aLead,
  anAgent,
  anItem,
  aQueue,
  aSession,
  aSessionWithCalls,
  aSessionWithLeads,
  claiming,
  first,
  minutesAfter,
  NOON,
  over,
} from '../store-world.js';
import { nothing, type OpenedStores, round } from './opened-stores.js';

/** What one claim takes, holds back and writes. */
export function claimsContract(stores: OpenedStores): void {
  describe('a claim', () => {
    it('a claim writes the calls as QUEUED and marks their items, and tells what it did', async () => {
      const { session, items } = await aSessionWithLeads(stores.world, 3);
      const applied = await stores.world.store.fillLines(session.id, NOON, claiming(2));
      expect(applied).toMatchObject({ before: session, session, queueChanged: true });
      expect(applied?.calls).toEqual(applied?.answer.claimed);
      expect(applied?.calls.map((call) => call.queueItemId)).toEqual([items[0]?.id, items[1]?.id]);
      for (const call of applied?.calls ?? []) {
        expect(await stores.world.store.findCall(call.id)).toEqual(call);
        expect(await stores.itemOf(call.queueItemId)).toMatchObject({
          state: 'CLAIMED',
          claimedBySessionId: session.id,
        });
      }
      expect(await stores.itemOf(items[2]?.id as string)).toMatchObject({ state: 'PENDING' });
    });

    it('a claim writes the session as opened and concluded', async () => {
      const { session } = await aSessionWithLeads(stores.world, 1);
      const opened: LineFilling<Scene> = {
        ...claiming(1),
        open: (scene) => ({ take: 1, session: round(scene.session) }),
        assess: (candidate, scene) => {
          expect(scene.session.round).toBe(2);
          return claiming(1).assess(candidate, scene);
        },
        conclude: (scene) => nothing(scene),
      };
      const applied = await stores.world.store.fillLines(session.id, NOON, opened);
      expect(applied?.answer.session.round).toBe(2);
      expect(applied).toMatchObject({ before: { round: 1 }, session: { round: 2 } });
      expect(await stores.world.store.findSession(session.id)).toMatchObject({ round: 2 });
      await stores.world.store.fillLines(session.id, NOON, {
        ...opened,
        open: (scene) => ({ take: 0, session: round(scene.session) }),
        conclude: (scene, claimed) => {
          expect(claimed).toEqual([]);
          return { change: { session: { ...scene.session, wakeAt: null } }, answer: scene };
        },
      });
      expect(await stores.world.store.findSession(session.id)).toMatchObject({
        round: 3,
        wakeAt: null,
      });
    });

    it('a claim writes the calls as the conclusion wants them', async () => {
      const { session } = await aSessionWithLeads(stores.world, 2);
      const applied = await stores.world.store.fillLines(session.id, NOON, {
        ...claiming(2),
        conclude: (_scene, claimed) => ({
          change: { calls: [{ ...first(claimed), placeAt: minutesAfter(3) }] },
          answer: claimed,
        }),
      });
      expect(applied?.calls).toHaveLength(2);
      expect(await stores.world.store.findCall(first(applied?.answer ?? []).id)).toMatchObject({
        placeAt: minutesAfter(3),
      });
    });

    it('a claim of a lead leaves its other queues alone until that call is over', async () => {
      const { session, leads, calls } = await aSessionWithCalls(stores.world, 2, 1);
      const [agent, queue] = [anAgent(), aQueue()];
      const items = leads.map((lead, position) => anItem(queue.id, lead.id, { position }));
      await stores.world.add({ agents: [agent], queues: [queue], items });
      const second = aSession(agent.id, queue.id);
      await stores.world.store.createSession(second);
      expect(await stores.claim(second, 2)).toMatchObject({
        claimed: [{ leadId: leads[1]?.id }],
        outlook: { blocked: true },
      });
      const item = await stores.itemOf(first(calls).queueItemId);
      await stores.world.store.changeSession(session.id, () => ({
        change: {
          calls: [over(first(calls))],
          items: [{ ...item, state: 'DONE', claimedBySessionId: null }],
        },
        answer: null,
      }));
      expect(await stores.claimedLeads(second, 2)).toEqual([leads[0]?.id]);
    });

    it('a claim passes over a number that must not be called, and marks its place in the queue', async () => {
      const { session, leads, items } = await aSessionWithLeads(stores.world, 3);
      const phone = leads[0]?.phone as string;
      await stores.world.add({ suppressions: [{ phone, reason: 'asked', source: 'person' }] });
      expect(await stores.claimedLeads(session, 2)).toEqual([leads[1]?.id, leads[2]?.id]);
      expect(await stores.itemOf(items[0]?.id as string)).toMatchObject({ state: 'SUPPRESSED' });
    });

    it('a claim holds who may not be called now until they may, and takes the next', async () => {
      const { session, leads, items } = await aSessionWithLeads(stores.world, 40);
      const asleep = new Set(leads.slice(0, 30).map(({ id }) => id));
      const nine = minutesAfter(60);
      const applied = await stores.world.store.fillLines(
        session.id,
        NOON,
        claiming(3, (leadId) => (asleep.has(leadId) ? nine : null)),
      );
      expect(applied?.answer.claimed.map((call) => call.leadId)).toEqual(
        leads.slice(30, 33).map(({ id }) => id),
      );
      expect(await stores.itemOf(items[29]?.id as string)).toMatchObject({
        state: 'PENDING',
        dueAt: nine,
        heldReason: 'outside calling hours',
      });
      // No lead is deferred twice, and at nine the deferred ones come first again.
      expect(await stores.claimedLeads(session, 1)).toEqual([leads[33]?.id]);
      expect(await stores.claimedLeads(session, 2, nine)).toEqual([leads[34]?.id, leads[35]?.id]);
    });

    it('a claim judges a bounded number at once, and says that there may be more', async () => {
      const { session } = await aSessionWithLeads(stores.world, 600);
      const judged: string[] = [];
      const holding = claiming(2, (leadId) => {
        judged.push(leadId);
        return minutesAfter(60);
      });
      const firstTime = await stores.world.store.fillLines(session.id, NOON, holding);
      expect(firstTime?.answer).toMatchObject({ claimed: [], outlook: { blocked: true } });
      expect(judged.length).toBeLessThan(600);
      const secondTime = await stores.world.store.fillLines(session.id, NOON, holding);
      expect(secondTime?.answer.outlook).toEqual({ blocked: false, nextDueAt: minutesAfter(60) });
      expect(new Set(judged).size).toBe(600);
      expect(judged).toHaveLength(600);
    });

    it('a claim that gets less than it wants returns the next due time', async () => {
      const [agent, queue, soon, later, never] = [anAgent(), aQueue(), aLead(), aLead(), aLead()];
      await stores.world.add({
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
      await stores.world.store.createSession(session);
      expect(await stores.claim(session, 1)).toEqual({
        claimed: [],
        outlook: { blocked: false, nextDueAt: minutesAfter(10) },
      });
      const empty = await aSessionWithLeads(stores.world, 0);
      expect((await stores.claim(empty.session, 1)).outlook).toEqual({
        blocked: false,
        nextDueAt: null,
      });
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
      await stores.world.add({ agents, queues, leads, items });
      const sessions = agents.map((agent, n) =>
        aSession(agent.id, (queues[n % 3] as (typeof queues)[0]).id),
      );
      for (const session of sessions) await stores.world.store.createSession(session);
      const claims = await Promise.all(
        sessions.map((session, n) =>
          stores.claim(session, 5, NOON, n % 2 ? stores.world.store : stores.world.otherNode),
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
        if (missing > 0) calls.push(...(await stores.claim(session, missing)).claimed);
      }
      expect(new Set(calls.map((call) => call.leadId)).size).toBe(60);
    });
  });
}
