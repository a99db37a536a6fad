import type { DueWork, JobName, Session } from '@outdial/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anItem,
  aQueue,
  aSessionWithCalls,
  aSessionWithLeads,
  dialing,
  first,
  minutesAfter,
  NOON,
  newId,
  over,
  type StoreWorld,
} from '../store-world.js';

const MANY = 10_000;

/** The contract of every `ReconciliationStore`: it finds and repairs stuck rows. */
export function reconciliationContract(openWorld: () => Promise<StoreWorld>): void {
  let world: StoreWorld;
  beforeAll(async () => {
    world = await openWorld();
  }, 60_000);
  afterAll(() => world?.close());

  const due = async (job: JobName, at: Date, limit = MANY, after?: DueWork) =>
    world.reconciliation.dueWork(job, at, { limit, ...(after === undefined ? {} : { after }) });

  describe('work that is due', () => {
    // Long before everything else in these rows, so that nothing else is due.
    const start = new Date('2020-01-01T00:00:00Z');
    const at = (minutes: number) => minutesAfter(minutes, start);

    it('work that is due is found by the job that looks after it, until it is done', async () => {
      const { session, calls } = await aSessionWithCalls(world, 3, 3);
      const [queued, ringing, done] = calls;
      if (queued === undefined || ringing === undefined || done === undefined) throw new Error();
      const cancellation = {
        requestedAt: start,
        reason: 'session_stopped' as const,
        askAt: at(3),
        asked: 0,
      };
      await world.store.changeSession(session.id, (scene) => ({
        change: {
          session: { ...scene.session, wakeAt: at(1) },
          calls: [
            { ...queued, placeAt: at(2) },
            {
              ...dialing(ringing),
              state: 'RINGING',
              ringingAt: start,
              deadlineAt: at(4),
              cancellation,
            },
            over(done, { crm: { ...over(done).crm, dueAt: at(6) } }),
          ],
        },
        answer: null,
      }));
      const rows: readonly DueWork[] = [
        { job: 'advance-session', id: session.id, at: at(1) },
        { job: 'place-call', id: queued.id, at: at(2) },
        { job: 'hang-up-call', id: ringing.id, at: at(3) },
        { job: 'check-call', id: ringing.id, at: at(4) },
        { job: 'sync-call', id: done.id, at: at(6) },
      ];
      for (const row of rows) {
        expect(await due(row.job, row.at), row.job).toEqual([row]);
        expect(await due(row.job, new Date(row.at.getTime() - 1)), row.job).toEqual([]);
      }
      await world.store.changeSession(session.id, (scene) => ({
        change: {
          session: { ...scene.session, wakeAt: null },
          calls: [over(queued), over(ringing, { cancellation })],
        },
        answer: null,
      }));
      for (const { job } of rows.slice(0, 4)) expect(await due(job, at(6)), job).toEqual([]);
    });

    it('work that is due is walked through in pages, the oldest first, nothing twice and nothing left out', async () => {
      const times = [at(-3), at(-1), at(-2), at(-2)];
      const ids: string[] = [];
      for (const wakeAt of times) {
        const { session } = await aSessionWithLeads(world, 0, { session: { wakeAt } });
        ids.push(session.id);
      }
      const order = [ids[0], ids[2], ids[3], ids[1]];
      const found: DueWork[] = [];
      for (;;) {
        const page = await due('advance-session', at(0), 2, found.at(-1));
        found.push(...page);
        if (page.length < 2) break;
      }
      expect(found.map(({ id }) => id)).toEqual(order);
      for (const id of ids) await sleepForever(id);
    });
  });

  const sleepForever = (sessionId: string) =>
    world.store.changeSession(sessionId, (scene) => ({
      change: { session: { ...scene.session, wakeAt: null, status: 'STOPPED', stoppedAt: NOON } },
      answer: null,
    }));

  describe('a stuck session', () => {
    it('a stuck session is one that runs without a call and without a time', async () => {
      const stuck = await aSessionWithLeads(world, 1, { session: { wakeAt: null } });
      const awake = await aSessionWithLeads(world, 1);
      const calling = await aSessionWithCalls(world, 1, 1, { session: { wakeAt: null } });
      const paused = await aSessionWithLeads(world, 1, {
        session: { wakeAt: null, status: 'PAUSED' },
      });
      const found = await world.reconciliation.findStuckSessions(MANY);
      expect(found).toContain(stuck.session.id);
      for (const other of [awake, calling, paused]) expect(found).not.toContain(other.session.id);
    });
  });

  describe('an unwanted call', () => {
    const become = (sessionId: string, status: 'PAUSED' | 'STOPPED') =>
      world.store.changeSession(sessionId, (scene) => ({
        change: { session: { ...scene.session, status } },
        answer: null,
      }));

    it('an unwanted call is one to be placed, of a paused session', async () => {
      const queued = await aSessionWithCalls(world, 1, 1);
      const placed = await aSessionWithCalls(world, 1, 1);
      await world.store.beginPlacing(first(placed.calls).id, NOON, minutesAfter(1));
      for (const { session } of [queued, placed]) await become(session.id, 'PAUSED');
      const found = await world.reconciliation.findSessionsWithUnwantedCalls(MANY);
      expect(found).toContain(queued.session.id);
      expect(found).not.toContain(placed.session.id);
    });

    it('an unwanted call is found in pages, in order of the sessions, nothing twice and nothing left out', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 3; n += 1) {
        const { session } = await aSessionWithCalls(world, 2, 2);
        await become(session.id, 'PAUSED');
        ids.push(session.id);
      }
      const all = await world.reconciliation.findSessionsWithUnwantedCalls(MANY);
      expect(all).toEqual(expect.arrayContaining(ids));
      expect(all).toEqual([...all].sort());
      const paged: string[] = [];
      for (;;) {
        const page = await world.reconciliation.findSessionsWithUnwantedCalls(2, paged.at(-1));
        paged.push(...page);
        if (page.length < 2) break;
      }
      expect(paged).toEqual(all);
    });

    it('an unwanted call is any of a stopped session but the conversation, unless it is being cancelled', async () => {
      const ringing = await aSessionWithCalls(world, 2, 2);
      const talking = await aSessionWithCalls(world, 1, 1);
      const canceled = await aSessionWithCalls(world, 1, 1);
      const put = (call: Parameters<typeof dialing>[0], more: object) =>
        world.store.changeByCall(call.id, () => ({
          change: { calls: [{ ...dialing(call), ...more }] },
          answer: null,
        }));
      await put(first(talking.calls), {
        state: 'IN_PROGRESS',
        ringingAt: NOON,
        answeredAt: NOON,
        answeredBy: 'PERSON',
        winner: true,
      });
      await put(first(canceled.calls), {
        cancellation: { requestedAt: NOON, reason: 'session_stopped', askAt: null, asked: 1 },
      });
      for (const { session } of [ringing, talking, canceled]) await become(session.id, 'STOPPED');
      const found = await world.reconciliation.findSessionsWithUnwantedCalls(MANY);
      expect(found.filter((id) => id === ringing.session.id)).toHaveLength(1);
      for (const other of [talking, canceled]) expect(found).not.toContain(other.session.id);
    });
  });

  describe('an item that is claimed without a call', () => {
    const later = minutesAfter(10);

    /** A lead whose item no call of the session is about. */
    async function anOrphan() {
      const { session, leads } = await aSessionWithLeads(world, 1);
      const queue = aQueue();
      const item = anItem(queue.id, first(leads).id, {
        state: 'CLAIMED',
        claimedBySessionId: session.id,
      });
      await world.add({ queues: [queue], items: [item] });
      return { session, lead: first(leads), queue, item };
    }

    it('an item that is claimed without a call waits in its queue again, and one whose phone rings stays claimed', async () => {
      const { item, queue } = await anOrphan();
      const calling = await aSessionWithCalls(world, 1, 1);
      const givenBack = await world.reconciliation.releaseItems(NOON, later, MANY);
      expect(givenBack).toContainEqual({ itemId: item.id, queueId: queue.id });
      expect(await world.item(item.id)).toMatchObject({
        state: 'PENDING',
        claimedBySessionId: null,
        dueAt: NOON,
      });
      expect(await world.item(first(calling.items).id)).toMatchObject({ state: 'CLAIMED' });
      expect(await world.reconciliation.releaseItems(NOON, later, MANY)).toEqual([]);
    });

    it('an item that is claimed without a call is not called for a while when the phone rang before', async () => {
      const { session, calls, items } = await aSessionWithCalls(world, 1, 1);
      // The call is over, but its item was not updated.
      await world.store.changeSession(session.id, () => ({
        change: { calls: [over(first(calls))] },
        answer: null,
      }));
      expect(await world.item(first(items).id)).toMatchObject({ state: 'CLAIMED' });
      await world.reconciliation.releaseItems(minutesAfter(2), later, MANY);
      expect(await world.item(first(items).id)).toMatchObject({ state: 'PENDING', dueAt: later });
    });

    it('an item that is claimed without a call is not called at all when the number was suppressed meanwhile (P8)', async () => {
      const { item, lead } = await anOrphan();
      await world.add({
        suppressions: [{ phone: lead.phone, reason: 'asked', source: 'person' }],
      });
      await world.reconciliation.releaseItems(NOON, later, MANY);
      expect(await world.item(item.id)).toMatchObject({ state: 'SUPPRESSED' });
    });
  });

  describe('what waits without a time', () => {
    it('what waits without a time is due now when it is a call that the CRM does not have; not one that was given up', async () => {
      const lost = await aSessionWithCalls(world, 2, 2);
      const [never, givenUp] = lost.calls;
      if (never === undefined || givenUp === undefined) throw new Error();
      const crm = { ...over(never).crm, dueAt: null };
      await world.store.changeSession(lost.session.id, () => ({
        change: {
          calls: [over(never, { crm }), over(givenUp, { crm: { ...crm, state: 'FAILED' } })],
        },
        answer: null,
      }));
      const { callIds } = await world.reconciliation.makeDue(NOON, MANY);
      expect(callIds).toContain(never.id);
      expect(callIds).not.toContain(givenUp.id);
      expect(await world.crm.claim(never.id, NOON, minutesAfter(1))).not.toBeNull();
      expect(await world.crm.claim(givenUp.id, NOON, minutesAfter(1))).toBeNull();
      expect((await world.reconciliation.makeDue(NOON, MANY)).callIds).toEqual([]);
    });
  });

  describe('an agent’s screen', () => {
    const seconds = (count: number) => minutesAfter(count / 60);
    const [one, other] = [newId(), newId()];
    const isAbsent = async (sessionId: string, at: Date) =>
      (await world.presence.absent(['simulator'], at, MANY)).some(
        (absent) => absent.sessionId === sessionId,
      );
    /** A session whose settings allow an absence of five minutes. */
    const aSessionOfFiveMinutes = async () => {
      const made = await aSessionWithLeads(world, 1);
      await allow(made.session, 300);
      return made;
    };
    const allow = ({ id, settings }: Session, pauseWhenAwaySeconds: number) =>
      world.store.changeSession(id, (scene) => ({
        change: { session: { ...scene.session, settings: { ...settings, pauseWhenAwaySeconds } } },
        answer: null,
      }));

    it('an agent’s screen is live until it is said to be gone, or nothing is said of it any more', async () => {
      const { agent } = await aSessionWithLeads(world, 1);
      expect(await world.presence.lastLive(agent.id, NOON)).toBeNull();
      await world.presence.seen(one, [agent.id], NOON);
      expect(await world.presence.lastLive(agent.id, seconds(24))).toEqual(seconds(24));
      expect(await world.presence.lastLive(agent.id, seconds(26))).toEqual(NOON);
      await world.presence.seen(one, [agent.id], seconds(30));
      await world.presence.left(one, [agent.id], seconds(32));
      expect(await world.presence.lastLive(agent.id, seconds(33))).toEqual(seconds(32));
    });

    it('an agent’s screen at one node counts whatever another node says', async () => {
      const { agent } = await aSessionWithLeads(world, 1);
      await world.presence.seen(one, [agent.id], NOON);
      await world.presence.seen(other, [agent.id], seconds(5));
      await world.presence.left(one, [agent.id], seconds(10));
      expect(await world.presence.lastLive(agent.id, seconds(11))).toEqual(seconds(11));
      await world.presence.left(other, [agent.id], seconds(12));
      expect(await world.presence.lastLive(agent.id, seconds(20))).toEqual(seconds(12));
    });

    it('an event of an unknown user is skipped', async () => {
      const { agent } = await aSessionWithLeads(world, 1);
      const unknown = newId();
      await world.presence.seen(one, [unknown, agent.id], NOON);
      expect(await world.presence.lastLive(agent.id, NOON)).toEqual(NOON);
    });

    it('missing for as long as the session’s settings allow makes its agent absent', async () => {
      const { session, agent } = await aSessionOfFiveMinutes();
      await world.presence.seen(one, [agent.id], seconds(100));
      await world.presence.left(one, [agent.id], seconds(100));
      expect(await isAbsent(session.id, seconds(399))).toBe(false);
      expect(await world.presence.absent(['simulator'], seconds(400), MANY)).toContainEqual({
        sessionId: session.id,
        agentId: agent.id,
        since: seconds(100),
      });
      await world.presence.seen(one, [agent.id], seconds(395));
      expect(await isAbsent(session.id, seconds(400))).toBe(false);
    });

    it('an agent’s screen that never was is missed from the start of the session; not where the settings say 0', async () => {
      const unseen = await aSessionOfFiveMinutes();
      const unattended = await aSessionOfFiveMinutes();
      await allow(unattended.session, 0);
      const startedAt = unseen.session.startedAt.getTime();
      const late = new Date(startedAt + 300_000);
      expect(await isAbsent(unseen.session.id, new Date(startedAt + 299_000))).toBe(false);
      expect(await isAbsent(unseen.session.id, late)).toBe(true);
      expect(await isAbsent(unattended.session.id, minutesAfter(600))).toBe(false);
    });

    it('an agent’s screen is not asked for while the session is paused', async () => {
      const { session } = await aSessionOfFiveMinutes();
      await world.store.changeSession(session.id, (scene) => ({
        change: { session: { ...scene.session, status: 'PAUSED' } },
        answer: null,
      }));
      expect(await isAbsent(session.id, minutesAfter(600))).toBe(false);
    });

    it('an agent’s screen leaves the session to be decided upon as before', async () => {
      const { session, agent } = await aSessionWithLeads(world, 1);
      const applied = await world.store.changeSession(session.id, (scene) => ({
        change: { session: { ...scene.session, round: 7 } },
        answer: null,
      }));
      await world.presence.seen(one, [agent.id], NOON);
      expect(await world.store.findSession(session.id)).toEqual(applied?.session);
    });
  });
}
