import { describe, expect, it } from 'vitest';
import {
  BadCursor,
  createLeadStore,
  createQueueItemStore,
  type LeadSorting,
} from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';
import { countingIds, id, minutes, NOW, phone, salesFloor } from './sales-floor.js';

const BY_NAME: LeadSorting = { by: 'name', descending: false };
const UNKNOWN = id(0xdead);

onEachDatabase('leads', (db, kind) => {
  const leads = () => createLeadStore(db());
  const floor = () => salesFloor(db());

  describe('one lead', () => {
    it('one lead is kept as it was brought, and says who has its number already', async () => {
      const ada = {
        id: id(1),
        name: 'Ada Lovelace',
        phone: phone(1),
        jobTitle: 'Analyst',
        company: 'Engines Ltd',
        email: 'ada@example.com',
        headcount: '51-200',
        industry: 'Machinery',
        timeZone: 'Europe/London',
        score: 7,
      };
      const created = await leads().create(ada, NOW);
      const again = await leads().create(
        { id: id(2), name: 'Another Person', phone: phone(1) },
        NOW,
      );

      const lead = {
        ...ada,
        enrichment: null,
        crmExternalId: null,
        createdAt: NOW,
        updatedAt: NOW,
      };
      expect(created).toEqual({ kind: 'created', lead });
      expect(await leads().get(id(1))).toEqual(lead);
      expect(again).toEqual({ kind: 'duplicate', leadId: id(1) });
      expect(await leads().get(UNKNOWN)).toBeNull();
    });

    it('one lead is changed where the change says so, and emptied where it says null', async () => {
      const leadId = await floor().lead('Ada', 1, { company: 'Engines Ltd', score: 3 });
      const answer = await leads().patch(
        leadId,
        { company: null, jobTitle: 'Countess' },
        minutes(5),
      );
      expect(answer).toMatchObject({
        kind: 'changed',
        lead: { name: 'Ada', company: null, jobTitle: 'Countess', score: 3, updatedAt: minutes(5) },
      });
      expect(await leads().patch(UNKNOWN, { name: 'Unknown' }, NOW)).toEqual({ kind: 'not_found' });
    });

    it('one lead cannot take the number of another lead', async () => {
      const f = floor();
      const [ada, ben] = [await f.lead('Ada', 1), await f.lead('Ben', 2)];
      expect(await leads().patch(ben, { phone: phone(1) }, NOW)).toEqual({
        kind: 'duplicate',
        leadId: ada,
      });
      expect(await leads().patch(ben, { phone: phone(2), name: 'Benjamin' }, NOW)).toMatchObject({
        kind: 'changed',
      });
    });

    it('one lead is called on its new number, in the order of its new score, in every queue', async () => {
      const f = floor();
      const leadId = await f.lead('Ada', 1);
      const items = [
        await f.item(await f.queue('A'), leadId),
        await f.item(await f.queue('B'), leadId),
      ];
      await leads().patch(leadId, { phone: phone(9), score: 50 }, NOW);
      const rows = await db()
        .selectFrom('queue_items')
        .select(['phone', 'score'])
        .where('id', 'in', items)
        .execute();
      expect(rows).toEqual([
        { phone: phone(9), score: 50 },
        { phone: phone(9), score: 50 },
      ]);
    });

    it('one lead waits no longer once its number is one that must not be called, and waits again with another', async () => {
      const f = floor();
      const leadId = await f.lead('Ada', 1);
      const itemId = await f.item(await f.queue('A'), leadId);
      await db()
        .insertInto('suppressions')
        .values({ phone: phone(666), reason: 'Asked', source: 'person', created_at: NOW })
        .execute();
      const items = createQueueItemStore(db());

      await leads().patch(leadId, { phone: phone(666) }, NOW);
      expect(await items.get(itemId)).toMatchObject({ state: 'SUPPRESSED' });
      await leads().patch(leadId, { phone: phone(2) }, NOW);
      expect(await items.get(itemId)).toMatchObject({ state: 'PENDING' });
    });

    it('one lead is looked at anew once it has another time zone or number, when calling hours deferred it', async () => {
      const f = floor();
      const leadId = await f.lead('Ada', 1);
      const deferred = { due_at: minutes(600), held_reason: 'outside calling hours' };
      const itemId = await f.item(await f.queue('A'), leadId, deferred);
      const later = await f.item(await f.queue('B'), leadId, { due_at: minutes(600) });
      const items = createQueueItemStore(db());

      await leads().patch(leadId, { name: 'Ada L.' }, minutes(1));
      expect(await items.get(itemId)).toMatchObject({ dueAt: minutes(600) });
      await leads().patch(leadId, { timeZone: 'Europe/London' }, minutes(2));
      expect(await items.get(itemId)).toMatchObject({ dueAt: minutes(2), heldReason: null });
      // Its retry rule, and no calling hours, made this one wait.
      expect(await items.get(later)).toMatchObject({ dueAt: minutes(600) });
    });

    it('one lead leaves its queues when it is deleted, and its calls stay in the history', async () => {
      const f = floor();
      const leadId = await f.lead('Ada', 1);
      const queueId = await f.queue('A');
      await f.item(queueId, leadId);
      const sessionId = await f.session(await f.agent('Rep'), queueId);
      const callId = await f.endedCall(sessionId, leadId, 'BUSY');

      expect(await leads().delete(leadId)).toEqual({ kind: 'deleted', callbacks: 0 });
      expect(await leads().get(leadId)).toBeNull();
      expect(await db().selectFrom('queue_items').selectAll().execute()).toEqual([]);
      expect(await db().selectFrom('calls').select(['id', 'lead_name']).execute()).toEqual([
        { id: callId, lead_name: 'Ada' },
      ]);
      expect(await leads().delete(leadId)).toEqual({ kind: 'not_found' });
    });

    it('one lead says how many promised call-backs went with it', async () => {
      const f = floor();
      const leadId = await f.lead('Ada', 1);
      await f.item(await f.queue('A'), leadId, { callback: true });
      await f.item(await f.queue('B'), leadId);
      await f.item(await f.queue('C'), leadId, { callback: true, state: 'DONE' });
      expect(await leads().delete(leadId)).toEqual({ kind: 'deleted', callbacks: 1 });
    });

    it('a lead cannot be deleted during a call to it', async () => {
      const f = floor();
      const leadId = await f.lead('Ada', 1);
      const queueId = await f.queue('A');
      const sessionId = await f.session(await f.agent('Rep'), queueId);
      await f.item(queueId, leadId, { state: 'CLAIMED', claimed_by_session_id: sessionId });
      await f.liveCall(sessionId, leadId);
      expect(await leads().delete(leadId)).toEqual({ kind: 'on_call' });
      expect(await leads().get(leadId)).not.toBeNull();
    });

    it('one lead remembers what enrichment found', async () => {
      const leadId = await floor().lead('Ada', 1);
      const enrichment = {
        provider: 'mock',
        enrichedAt: NOW,
        data: { employees: 12, public: false },
      };
      expect(await leads().setEnrichment(leadId, enrichment, minutes(1))).toMatchObject({
        enrichment,
      });
      expect(await leads().setEnrichment(UNKNOWN, enrichment, NOW)).toBeNull();
    });
  });

  describe('the list', () => {
    const brought = [
      {
        name: 'Ada',
        phone: '+493012345678',
        company: 'Zeta',
        industry: 'Steel',
        headcount: '1,000+',
        score: 2,
      },
      {
        name: 'Ben',
        phone: '+12025550111',
        company: 'Alpha',
        industry: 'Steel',
        headcount: '51-200',
        score: 9,
      },
      {
        name: 'Cleo',
        phone: '+12025550112',
        industry: 'Foods',
        headcount: '9',
        email: 'c_leo@example.com',
        score: 2,
      },
      {
        name: 'Dan 100% sure',
        phone: '+12025550113',
        company: 'alpha beta',
        industry: 'Foods',
        score: 5,
      },
    ];
    const bring = async () => {
      const ids = countingIds(0);
      for (const [at, lead] of brought.entries()) {
        await leads().create({ id: ids.next(), ...lead }, minutes(at));
      }
    };
    const names = async (filter = {}, sorting = BY_NAME) =>
      (await leads().list(filter, sorting, { limit: 50 })).rows.map(
        (lead) => lead.name.split(' ')[0],
      );

    it('the list can be filtered by several industries and head counts at once', async () => {
      await bring();
      expect(await names({ industries: ['Steel'] })).toEqual(['Ada', 'Ben']);
      expect(await names({ industries: ['Steel', 'Foods'], headcounts: ['9', '51-200'] })).toEqual([
        'Ben',
        'Cleo',
      ]);
      expect(await names({ industries: ['Steel'], headcounts: ['9'] })).toEqual([]);
      expect(await leads().filterOptions()).toEqual({
        industries: ['Foods', 'Steel'],
        headcounts: ['9', '51-200', '1,000+'],
      });
    });

    it.each([
      ['a name in any case', 'ADA', ['Ada']],
      ['a company', 'alpha', ['Ben', 'Dan']],
      ['an e-mail address', 'leo@EXAMPLE', ['Cleo']],
      ['part of a number as people write it', '(202) 555-0112', ['Cleo']],
      ['a number in national form', '030 1234', ['Ada']],
      ['a number with the international prefix', '0049 30', ['Ada']],
      ['a per cent sign', '100%', ['Dan']],
      ['an underscore', 'c_l', ['Cleo']],
      ['a pattern that is none', '%', ['Dan']],
      ['a NUL', '\0ben', ['Ben']],
      ['nothing', '  ', ['Ada', 'Ben', 'Cleo', 'Dan']],
    ])('finds %s', async (_what, q, expected) => {
      await bring();
      expect(await names({ q })).toEqual(expected);
    });

    it.each([
      ['name', ['Ada', 'Ben', 'Cleo', 'Dan']],
      ['company', ['Cleo', 'Ben', 'Ada', 'Dan']],
      ['createdAt', ['Ada', 'Ben', 'Cleo', 'Dan']],
      ['updatedAt', ['Ada', 'Ben', 'Cleo', 'Dan']],
      ['score', ['Ada', 'Cleo', 'Dan', 'Ben']],
      ['headcount', ['Dan', 'Cleo', 'Ben', 'Ada']],
    ] as const)(
      'the list of leads is sorted by %s either way, and its pages lose no lead',
      async (by, ascending) => {
        await bring();
        for (const descending of [false, true]) {
          const expected = descending ? [...ascending].reverse() : [...ascending];
          const whole = await names({}, { by, descending });
          const seen: string[] = [];
          let cursor: string | undefined;
          do {
            const page = await leads().list({}, { by, descending }, { limit: 1, cursor });
            expect(page.total).toBe(4);
            seen.push(...page.rows.map((lead) => lead.name.split(' ')[0] ?? ''));
            cursor = page.nextCursor ?? undefined;
          } while (cursor !== undefined && seen.length < 10);
          expect(seen).toEqual(whole);
          // Where a collation puts small letters is the database's business.
          if (by !== 'company') expect(whole).toEqual(expected);
        }
      },
    );

    it('the list refuses a cursor that it did not make', async () => {
      await bring();
      const { nextCursor } = await leads().list({}, BY_NAME, { limit: 1 });
      const page = (cursor: string, sorting = BY_NAME) =>
        leads().list({}, sorting, { limit: 1, cursor });
      const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      await expect(page('!')).rejects.toThrow(BadCursor);
      await expect(page(forged(['leads name', 'Ada', "x'; drop table leads"]))).rejects.toThrow(
        BadCursor,
      );
      await expect(page(forged(['leads name', 1, id(1)]))).rejects.toThrow(BadCursor);
      await expect(page(forged(['leads name']))).rejects.toThrow(BadCursor);
      await expect(page(forged(null))).rejects.toThrow(BadCursor);
      await expect(
        page(forged(['leads createdAt', '2026-13-01', id(1)]), {
          by: 'createdAt',
          descending: false,
        }),
      ).rejects.toThrow(BadCursor);
      await expect(page(nextCursor ?? '', { by: 'name', descending: true })).rejects.toThrow(
        BadCursor,
      );
    });

    it('the list gives leads by id in the order asked for', async () => {
      await bring();
      const found = await leads().getMany([id(3), UNKNOWN, id(1)]);
      expect(found.map((lead) => lead.name)).toEqual(['Cleo', 'Ada']);
      expect(await leads().findByPhone('+12025550111')).toMatchObject({ name: 'Ben' });
    });
  });

  describe('a batch from an import', () => {
    const options = { now: NOW, ids: countingIds() };

    it('a batch from an import creates what is new and leaves alone what is known, when duplicates are skipped', async () => {
      const known = await floor().lead('Ada', 1, { company: 'Old Ltd' });
      const answer = await leads().upsertBatch(
        [
          { name: 'Ben', phone: phone(2), score: 4 },
          { name: 'Ada again', phone: phone(1), company: 'New Ltd' },
          { name: 'Ben again', phone: phone(2) },
        ],
        { ...options, duplicates: 'skip' },
      );
      const ben = await leads().findByPhone(phone(2));
      expect(answer).toEqual([
        { kind: 'created', leadId: ben?.id, queued: null },
        { kind: 'skipped', leadId: known, queued: null },
        { kind: 'duplicate_in_batch', leadId: ben?.id, queued: null },
      ]);
      expect(ben).toMatchObject({ name: 'Ben', score: 4 });
      expect(await leads().get(known)).toMatchObject({ name: 'Ada', company: 'Old Ltd' });
    });

    it('a batch from an import writes what the row has and keeps what it leaves empty, when duplicates are updated', async () => {
      const f = floor();
      const known = await f.lead('Ada', 1, { company: 'Old Ltd', score: 8 });
      const itemId = await f.item(await f.queue('A'), known);
      const answer = await leads().upsertBatch(
        [
          { name: 'Ada L', phone: phone(1), jobTitle: 'Countess' },
          { name: 'Ada Lovelace', phone: phone(1), industry: 'Machinery', score: 30 },
        ],
        { ...options, now: minutes(3), duplicates: 'update' },
      );
      expect(answer.map((row) => row.kind)).toEqual(['updated', 'duplicate_in_batch']);
      expect(await leads().get(known)).toMatchObject({
        name: 'Ada Lovelace',
        jobTitle: 'Countess',
        industry: 'Machinery',
        company: 'Old Ltd',
        score: 30,
        createdAt: NOW,
        updatedAt: minutes(3),
      });
      const item = await db()
        .selectFrom('queue_items')
        .select('score')
        .where('id', '=', itemId)
        .executeTakeFirst();
      expect(item).toEqual({ score: 30 });
    });

    it('a batch from an import puts every lead into the queue once, in the order of the file, and never wakes a suppressed number', async () => {
      const f = floor();
      const queueId = await f.queue('Spring');
      const there = await f.lead('Ada', 1);
      await f.item(queueId, there, { state: 'DONE' });
      await db()
        .insertInto('suppressions')
        .values({ phone: phone(3), reason: 'Asked', source: 'person', created_at: NOW })
        .execute();
      const answer = await leads().upsertBatch(
        [
          { name: 'Zoe', phone: phone(4) },
          { name: 'Ada', phone: phone(1) },
          { name: 'Cleo', phone: phone(3) },
          { name: 'Ben', phone: phone(2) },
          { name: 'Zoe', phone: phone(4) },
        ],
        { ...options, duplicates: 'skip', queueId, firstPosition: 100 },
      );
      expect(answer.map((row) => row.queued)).toEqual([
        'added',
        'already_there',
        'suppressed',
        'added',
        null,
      ]);
      const { rows } = await createQueueItemStore(db()).list(
        { queueId, state: 'PENDING' },
        { limit: 10 },
      );
      expect(rows.map((item) => item.lead.name)).toEqual(['Zoe', 'Ben']);
      const { rows: suppressed } = await createQueueItemStore(db()).list(
        { queueId, state: 'SUPPRESSED' },
        { limit: 10 },
      );
      expect(suppressed.map((item) => item.lead.name)).toEqual(['Cleo']);
    });

    it('a batch from an import survives the characters that real files hold', async () => {
      const name = `O'Brien "Bob" {a,b} \\ NULL ,;\n\t${'é'.repeat(3)}`;
      await leads().upsertBatch(
        [
          { name, phone: phone(1), company: '', jobTitle: 'a\0b' },
          { name: 'NULL', phone: phone(2) },
        ],
        { ...options, duplicates: 'skip' },
      );
      expect(await leads().findByPhone(phone(1))).toMatchObject({
        name,
        company: '',
        jobTitle: 'ab',
      });
      expect(await leads().findByPhone(phone(2))).toMatchObject({ name: 'NULL', company: null });
    });

    // The embedded database has one connection, so there an import and a claim take turns.
    if (kind === 'PostgreSQL') {
      it('a batch from an import keeps no session waiting: other leads can be claimed, and sessions started, while it is being stored', async () => {
        const f = floor();
        const queueId = await f.queue('Spring');
        const free = await f.item(queueId, await f.lead('Free', 1));
        await f.item(queueId, await f.lead('Rescored', 2));
        const rows = [
          { name: 'Rescored', phone: phone(2), score: 9 },
          { name: 'New', phone: phone(3) },
        ];
        await db()
          .transaction()
          .execute(async (tx) => {
            await createLeadStore(tx).upsertBatch(rows, {
              ...options,
              duplicates: 'update',
              queueId,
            });
            const claimable = await db()
              .selectFrom('queue_items')
              .select('id')
              .where('state', '=', 'PENDING')
              .forUpdate()
              .skipLocked()
              .execute();
            expect(claimable).toEqual([{ id: free }]);
            await f.session(await f.agent('Rita'), queueId);
          });
      });
    }

    it('a batch from an import does nothing with an empty batch', async () => {
      expect(
        await leads().upsertBatch([], { ...options, duplicates: 'update', queueId: id(1) }),
      ).toEqual([]);
    });
  });
});
