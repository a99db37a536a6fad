import { describe, expect, it } from 'vitest';
import {
  BadCursor,
  createQueueItemStore,
  createQueueStore,
  createSuppressionStore,
} from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';
import { countingIds, id, minutes, NOW, phone, salesFloor } from './sales-floor.js';

const UNKNOWN = id(0xdead);

onEachDatabase('queues', (db) => {
  const queues = () => createQueueStore(db());
  const items = () => createQueueItemStore(db());
  const suppressions = () => createSuppressionStore(db());
  const floor = () => salesFloor(db());

  describe('a queue', () => {
    it('a queue has a name of its own, in any case, until it is archived', async () => {
      const settings = {
        ringSeconds: 20,
        retryRules: { BUSY: { delaySeconds: 60, tries: null } },
        callingWindow: { startMinute: 540, endMinute: 1020 },
        enforceWindow: true,
      };
      const created = await queues().create({ id: id(1), name: 'Spring', settings }, NOW);
      const queue = {
        id: id(1),
        name: 'Spring',
        adHoc: false,
        restricted: false,
        settings,
        connectionId: null,
        createdAt: NOW,
        archivedAt: null,
      };
      expect(created).toEqual({ kind: 'created', queue });
      expect(await queues().get(id(1))).toEqual(queue);
      expect(await queues().create({ id: id(2), name: 'SPRING' }, NOW)).toEqual({
        kind: 'name_taken',
        queueId: id(1),
      });

      expect(await queues().archive(id(1), minutes(1))).toEqual({ kind: 'archived', callbacks: 0 });
      expect(await queues().create({ id: id(2), name: 'SPRING' }, NOW)).toMatchObject({
        kind: 'created',
      });
      expect(await queues().findByName('spring')).toMatchObject({ id: id(2) });
      expect(await queues().get(id(1))).toMatchObject({ archivedAt: minutes(1) });
      expect(await queues().archive(id(1), NOW)).toEqual({ kind: 'not_found' });
    });

    it('a queue can be renamed and set differently, but not to the name of another', async () => {
      const f = floor();
      const spring = await f.queue('Spring');
      await f.queue('Autumn');
      expect(await queues().patch(spring, { settings: { wrapUpSeconds: 5 } })).toMatchObject({
        kind: 'changed',
        queue: { name: 'Spring', settings: { wrapUpSeconds: 5 } },
      });
      expect(await queues().patch(spring, { name: 'Summer' })).toMatchObject({
        kind: 'changed',
        queue: { name: 'Summer', settings: { wrapUpSeconds: 5 } },
      });
      expect(await queues().patch(spring, {})).toMatchObject({ kind: 'changed' });
      expect(await queues().patch(spring, { name: 'autumn' })).toEqual({ kind: 'name_taken' });
      expect(await queues().patch(UNKNOWN, { name: 'X' })).toEqual({ kind: 'not_found' });
    });

    it('a queue with promised call-backs is archived only once it is said what becomes of them', async () => {
      const f = floor();
      const [spring, autumn] = [await f.queue('Spring'), await f.queue('Autumn')];
      const [ada, ben, eve] = [
        await f.lead('Ada', 1),
        await f.lead('Ben', 2),
        await f.lead('Eve', 3),
      ];
      const promised = { callback: true, due_at: minutes(90) };
      const [adas, bens] = [
        await f.item(spring, ada, promised),
        await f.item(spring, ben, promised),
      ];
      const eves = await f.item(spring, eve);
      const there = await f.item(autumn, ben, { state: 'DONE' });
      expect(await queues().archive(spring, NOW)).toEqual({ kind: 'has_callbacks', count: 2 });
      for (const queueId of [spring, UNKNOWN]) {
        const move = { kind: 'move', queueId } as const;
        expect(await queues().archive(spring, NOW, move)).toEqual({ kind: 'unknown_target' });
      }
      const move = { kind: 'move', queueId: autumn } as const;
      expect(await queues().archive(spring, NOW, move)).toEqual({ kind: 'archived', callbacks: 2 });
      const kept = { queueId: autumn, state: 'PENDING', callback: true, dueAt: minutes(90) };
      expect(await items().get(adas)).toMatchObject(kept);
      expect(await items().get(there)).toMatchObject(kept);
      expect(await items().get(bens)).toMatchObject({
        queueId: spring,
        state: 'DONE',
        callback: false,
      });
      expect(await items().get(eves)).toMatchObject({ queueId: spring, state: 'PENDING' });

      expect(await queues().archive(autumn, NOW, { kind: 'drop' })).toEqual({
        kind: 'archived',
        callbacks: 2,
      });
      expect(await items().get(adas)).toMatchObject({ state: 'DONE', callback: false });
    });

    it('a queue keeps its promises while one of these people is on a call in the queue that should take them over', async () => {
      const f = floor();
      const [spring, autumn] = [await f.queue('Spring'), await f.queue('Autumn')];
      const sessionId = await f.session(await f.agent('Rep'), autumn);
      const [ada, ben] = [await f.lead('Ada', 1), await f.lead('Ben', 2)];
      const promised = { callback: true, due_at: minutes(90) };
      const mine = [await f.item(spring, ada, promised), await f.item(spring, ben, promised)];
      const there = await f.item(autumn, ben);
      const claim = { state: 'CLAIMED', claimed_by_session_id: sessionId } as const;
      await db().updateTable('queue_items').set(claim).where('id', '=', there).execute();
      const move = { kind: 'move', queueId: autumn } as const;
      expect(await queues().archive(spring, NOW, move)).toEqual({
        kind: 'on_call_there',
        sessionId,
      });
      for (const itemId of mine) {
        const kept = { queueId: spring, state: 'PENDING', callback: true, dueAt: minutes(90) };
        expect(await items().get(itemId)).toMatchObject(kept);
      }
      expect((await queues().get(spring))?.archivedAt).toBeNull();
      const over = { state: 'DONE', claimed_by_session_id: null } as const;
      await db().updateTable('queue_items').set(over).where('id', '=', there).execute();
      expect(await queues().archive(spring, NOW, move)).toEqual({ kind: 'archived', callbacks: 2 });
    });

    it('a queue gives up a promised call-back only where that is meant', async () => {
      const f = floor();
      const itemId = await f.item(await f.queue('Spring'), await f.lead('Ada', 1), {
        callback: true,
      });
      expect(await items().remove(itemId)).toBe('promised');
      expect(await items().remove(itemId, { dropCallback: true })).toBe('removed');
    });

    it('a queue cannot be archived while a session works through it', async () => {
      const f = floor();
      const queueId = await f.queue('Spring');
      const sessionId = await f.session(await f.agent('Rep'), queueId, { status: 'PAUSED' });
      expect(await queues().archive(queueId, NOW)).toEqual({ kind: 'in_use', sessionId });
      await db().updateTable('sessions').set({ status: 'STOPPED' }).execute();
      expect(await queues().archive(queueId, NOW)).toEqual({ kind: 'archived', callbacks: 0 });
    });

    it('a queue tells how many leads it holds in which state, how many can be called now, and when the next can', async () => {
      const f = floor();
      const queueId = await f.queue('Spring');
      const elsewhere = await f.queue('Elsewhere');
      const sessionId = await f.session(await f.agent('Rep'), elsewhere);
      const lead = (n: number) => f.lead(`Lead ${n}`, n);

      await f.item(queueId, await lead(1));
      await f.item(queueId, await lead(2), { due_at: minutes(30) });
      await f.item(queueId, await lead(3), { state: 'DONE' });
      await f.item(queueId, await lead(4), { state: 'EXHAUSTED' });
      await f.item(queueId, await lead(5), { state: 'SUPPRESSED' });
      await f.item(queueId, await lead(6), { state: 'CLAIMED', claimed_by_session_id: sessionId });
      // Due, and yet not callable: on a live call, claimed by another queue, suppressed a moment ago.
      const onCall = await lead(7);
      await f.item(queueId, onCall);
      await f.liveCall(sessionId, onCall);
      const claimed = await lead(8);
      await f.item(queueId, claimed);
      await f.item(elsewhere, claimed, { state: 'CLAIMED', claimed_by_session_id: sessionId });
      await f.item(queueId, await lead(9));
      await db()
        .insertInto('suppressions')
        .values({ phone: phone(9), reason: 'Asked', source: 'agent', created_at: NOW })
        .execute();

      expect(await queues().view(queueId, NOW)).toMatchObject({
        counts: {
          total: 9,
          callable: 1,
          pending: 5,
          claimed: 1,
          done: 1,
          exhausted: 1,
          suppressed: 1,
        },
        nextDueAt: null,
      });
      await db()
        .updateTable('queue_items')
        .set({ due_at: minutes(45) })
        .where('due_at', '=', NOW)
        .execute();
      expect(await queues().view(queueId, NOW)).toMatchObject({
        counts: { callable: 0 },
        nextDueAt: minutes(30),
      });
      expect(await queues().view(await f.queue('Empty'), NOW)).toMatchObject({
        counts: { total: 0, callable: 0 },
        nextDueAt: null,
      });
    });

    it('a queue is listed by name with the others, without those made for one session', async () => {
      const f = floor();
      await f.queue('beta');
      await f.queue('Alpha');
      await f.queue('gamma');
      await f.queue('Selection of 3', true);
      const first = await queues().list({}, { limit: 2 }, NOW);
      expect(first.rows.map((queue) => queue.name)).toEqual(['Alpha', 'beta']);
      expect(first.total).toBe(3);
      const second = await queues().list({}, { limit: 2, cursor: first.nextCursor ?? '' }, NOW);
      expect(second.rows.map((queue) => queue.name)).toEqual(['gamma']);
      expect(second.nextCursor).toBeNull();
      expect((await queues().list({ q: 'AM' }, { limit: 9 }, NOW)).rows.map((q) => q.name)).toEqual(
        ['gamma'],
      );
      await expect(queues().list({}, { limit: 2, cursor: 'nonsense' }, NOW)).rejects.toThrow(
        BadCursor,
      );
    });

    it('a queue can be made of a selection of leads for one session, in the order selected', async () => {
      const f = floor();
      const [ada, ben] = [await f.lead('Ada', 1), await f.lead('Ben', 2)];
      const agentId = await f.agent('Rosa');
      const answer = await queues().createAdHoc(
        { id: id(0x99), name: 'Selection', agentId, leadIds: [ben, UNKNOWN, ada, ben] },
        { now: NOW, ids: countingIds() },
      );
      expect(answer).toMatchObject({
        queue: { id: id(0x99), adHoc: true, restricted: true },
        added: 2,
        suppressed: 0,
        unknownLeadIds: [UNKNOWN],
      });
      const { rows } = await items().list({ queueId: id(0x99) }, { limit: 9 });
      expect(rows.map((item) => item.leadId)).toEqual([ben, ada]);
    });
  });

  describe('leads in a queue', () => {
    const options = { now: NOW, ids: countingIds() };

    it('leads in a queue are added once each, in order, and those that are done come back only when asked for', async () => {
      const f = floor();
      const queueId = await f.queue('Spring');
      const [ada, ben, cleo] = [
        await f.lead('Ada', 1),
        await f.lead('Ben', 2),
        await f.lead('Cleo', 3),
      ];
      const done = await f.item(queueId, cleo, {
        state: 'EXHAUSTED',
        attempts: 4,
        attempts_by_outcome: '{"BUSY":4}',
        last_outcome: 'BUSY',
      });
      const added = await items().addLeads(queueId, [ben, cleo, UNKNOWN, ada, ben], options);
      expect(added).toMatchObject({
        kind: 'added',
        leads: [
          { leadId: ben, kind: 'added' },
          { leadId: cleo, kind: 'already_there', itemId: done },
          { leadId: UNKNOWN, kind: 'unknown_lead', itemId: null },
          { leadId: ada, kind: 'added' },
        ],
      });
      const { rows } = await items().list({ queueId, state: 'PENDING' }, { limit: 9 });
      expect(rows.map((item) => item.leadId)).toEqual([ben, ada]);

      const again = await items().addLeads(queueId, [cleo, ada], {
        ...options,
        requeue: true,
        priority: 3,
      });
      expect(again).toMatchObject({
        leads: [
          { leadId: cleo, kind: 'requeued', itemId: done },
          { leadId: ada, kind: 'already_there' },
        ],
      });
      expect(await items().get(done)).toMatchObject({
        state: 'PENDING',
        attempts: 0,
        attemptsByOutcome: {},
        lastOutcome: 'BUSY',
        priority: 3,
      });
    });

    it('leads in a queue are added as SUPPRESSED when their number must not be called', async () => {
      const f = floor();
      const queueId = await f.queue('Spring');
      const ada = await f.lead('Ada', 1);
      await suppressions().add([{ phone: phone(1), reason: 'Asked', source: 'person' }], NOW);
      const added = await items().addLeads(queueId, [ada], options);
      expect(added).toMatchObject({ leads: [{ leadId: ada, kind: 'suppressed' }] });
      expect(await items().list({ queueId, state: 'SUPPRESSED' }, { limit: 9 })).toMatchObject({
        total: 1,
      });
    });

    it('leads in a queue cannot be added to a queue that is archived or unknown', async () => {
      const ada = await floor().lead('Ada', 1);
      const queueId = await floor().queue('Spring');
      await queues().archive(queueId, NOW);
      expect(await items().addLeads(queueId, [ada], options)).toEqual({ kind: 'unknown_queue' });
      expect(await items().addLeads(UNKNOWN, [ada], options)).toEqual({ kind: 'unknown_queue' });
    });

    it('leads in a queue are listed as they will be called: call-backs, priority, score, due time, age', async () => {
      const f = floor();
      const queueId = await f.queue('Spring');
      const add = async (name: string, number: number, score: number, more: object) =>
        f.item(queueId, await f.lead(name, number, { score }), more);
      await add('sixth', 1, 0, { position: 2 });
      await add('fifth', 2, 0, { position: 1 });
      await add('fourth', 3, 0, { due_at: minutes(-10) });
      await add('third', 4, 8, {});
      await add('second', 5, 0, { priority: 1 });
      await add('first', 6, 0, { callback: true, due_at: minutes(-1) });
      await add('later', 7, 99, { callback: true, priority: 9, due_at: minutes(10), ready: false });

      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await items().list({ queueId }, { limit: 2, cursor });
        expect(page.total).toBe(7);
        seen.push(...page.rows.map((item) => item.lead.name));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined && seen.length < 20);
      expect(seen).toEqual(['later', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth']);

      const next = await items().upNext(queueId, NOW, 10);
      expect(next.map((item) => item.lead.name)).toEqual([
        'first',
        'second',
        'third',
        'fourth',
        'fifth',
        'sixth',
        'later',
      ]);
      const then = await items().upNext(queueId, minutes(10), 2);
      expect(then.map((item) => item.lead.name)).toEqual(['later', 'first']);
    });

    it('leads in a queue can be moved to the front, put off, and brought back', async () => {
      const f = floor();
      const queueId = await f.queue('Spring');
      const waiting = await f.item(queueId, await f.lead('Ada', 1), {
        held_reason: 'outside calling hours',
      });
      const done = await f.item(queueId, await f.lead('Ben', 2), { state: 'DONE', attempts: 1 });

      expect(await items().patch(waiting, { priority: 5, dueAt: minutes(60) }, NOW)).toMatchObject({
        kind: 'changed',
        item: { priority: 5, dueAt: minutes(60), heldReason: null, state: 'PENDING' },
      });
      expect(await items().patch(done, { dueAt: minutes(60) }, NOW)).toEqual({
        kind: 'not_waiting',
      });
      expect(await items().patch(done, { requeue: true }, minutes(2))).toMatchObject({
        kind: 'changed',
        item: { state: 'PENDING', dueAt: minutes(2), attempts: 0 },
      });
      expect(await items().patch(UNKNOWN, { priority: 1 }, NOW)).toEqual({ kind: 'not_found' });
    });

    it('items stay in their queue during a call; only their priority may change', async () => {
      const f = floor();
      const queueId = await f.queue('Spring');
      const sessionId = await f.session(await f.agent('Rep'), queueId);
      const itemId = await f.item(queueId, await f.lead('Ada', 1), {
        state: 'CLAIMED',
        claimed_by_session_id: sessionId,
      });
      expect(await items().remove(itemId)).toBe('claimed');
      expect(await items().patch(itemId, { requeue: true }, NOW)).toEqual({ kind: 'claimed' });
      expect(await items().patch(itemId, { dueAt: NOW }, NOW)).toEqual({ kind: 'claimed' });
      expect(await items().patch(itemId, { priority: 2 }, NOW)).toMatchObject({
        item: { priority: 2 },
      });
    });

    it('leads in a queue can be taken out, which leaves the lead', async () => {
      const f = floor();
      const leadId = await f.lead('Ada', 1);
      const itemId = await f.item(await f.queue('Spring'), leadId);
      expect(await items().remove(itemId)).toBe('removed');
      expect(await items().remove(itemId)).toBe('not_found');
      expect(await db().selectFrom('leads').select('id').execute()).toEqual([{ id: leadId }]);
    });
  });

  describe('numbers that must not be called', () => {
    it('numbers that must not be called stop waiting in every queue, and wait again when the number is taken off the list', async () => {
      const f = floor();
      const [spring, autumn] = [await f.queue('Spring'), await f.queue('Autumn')];
      const ada = await f.lead('Ada', 1);
      const inSpring = await f.item(spring, ada);
      const inAutumn = await f.item(autumn, ada, { state: 'DONE' });

      const first = await suppressions().add(
        [
          { phone: phone(1), reason: 'Asked on the phone', source: 'agent' },
          { phone: phone(2), reason: 'On a list', source: 'import' },
        ],
        NOW,
      );
      expect(first).toEqual({ added: 2, alreadyThere: 0, queueIds: [spring] });
      expect(await items().get(inSpring)).toMatchObject({ state: 'SUPPRESSED' });
      expect(await items().get(inAutumn)).toMatchObject({ state: 'DONE' });
      expect(await items().patch(inSpring, { requeue: true }, NOW)).toEqual({ kind: 'suppressed' });

      const again = await suppressions().add(
        [{ phone: phone(1), reason: 'Twice', source: 'person' }],
        minutes(1),
      );
      expect(again).toEqual({ added: 0, alreadyThere: 1, queueIds: [] });
      expect(await suppressions().get(phone(1))).toEqual({
        phone: phone(1),
        reason: 'Asked on the phone',
        source: 'agent',
        createdAt: NOW,
      });

      expect(await suppressions().remove([phone(1)])).toEqual({
        removed: [phone(1)],
        queueIds: [spring],
      });
      expect(await items().get(inSpring)).toMatchObject({ state: 'PENDING' });
      expect(await suppressions().remove([phone(1)])).toEqual({ removed: [], queueIds: [] });
    });

    it('numbers that must not be called are listed with the newest first, and found by number or reason', async () => {
      const add = (n: number, reason: string) =>
        suppressions().add([{ phone: phone(n), reason, source: 'person' }], minutes(n));
      await add(1, 'Asked');
      await add(2, 'Moved away');
      await add(3, 'Asked again');
      const first = await suppressions().list({}, { limit: 2 });
      expect(first).toMatchObject({ total: 3, rows: [{ phone: phone(3) }, { phone: phone(2) }] });
      const rest = await suppressions().list({}, { limit: 2, cursor: first.nextCursor ?? '' });
      expect(rest).toMatchObject({ rows: [{ phone: phone(1) }], nextCursor: null });
      expect((await suppressions().list({ q: 'asked' }, { limit: 9 })).total).toBe(2);
      expect((await suppressions().list({ q: '555-0002' }, { limit: 9 })).rows).toMatchObject([
        { phone: phone(2) },
      ]);
    });
  });
});
