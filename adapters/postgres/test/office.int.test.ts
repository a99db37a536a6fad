import { describe, expect, it } from 'vitest';
import {
  createAgentStore,
  createImportStepper,
  createImportStore,
  createLeadStore,
  createScheduledWorkStore,
  createSettingsStore,
} from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';
import { countingIds, id, minutes, NOW, phone, salesFloor } from './sales-floor.js';

const UNKNOWN = id(0xdead);

onEachDatabase('the office', (db) => {
  const floor = () => salesFloor(db());

  describe('agents', () => {
    const agents = () => createAgentStore(db());
    const rita = { id: id(1), name: 'Rita Rep', email: 'Rita@example.com' };

    it('have an e-mail address of their own, in any case, and start offline', async () => {
      expect(await agents().create(rita, NOW)).toEqual({
        kind: 'created',
        agent: {
          ...rita,
          presence: 'OFFLINE',
          presenceSince: NOW,
          providerUserId: null,
          providerNumberId: null,
          status: 'OFFLINE',
          since: NOW,
          sessionId: null,
          createdAt: NOW,
        },
      });
      expect(await agents().create({ ...rita, id: id(2), email: 'rita@EXAMPLE.com' }, NOW)).toEqual(
        {
          kind: 'email_taken',
          agentId: id(1),
        },
      );
      await agents().create({ id: id(3), name: 'Sam', email: 'sam@example.com' }, minutes(1));
      expect(await agents().patch(id(3), { email: 'RITA@example.com' })).toEqual({
        kind: 'email_taken',
      });
      expect(await agents().patch(id(3), { providerUserId: '42', name: 'Sam S' })).toMatchObject({
        kind: 'changed',
        agent: { name: 'Sam S', email: 'sam@example.com', providerUserId: '42' },
      });
      expect(await agents().patch(id(3), { providerUserId: null })).toMatchObject({
        agent: { providerUserId: null },
      });
      expect(await agents().patch(id(3), {})).toMatchObject({ kind: 'changed' });
      expect(await agents().patch(UNKNOWN, { name: 'X' })).toEqual({ kind: 'not_found' });
      expect(await agents().findByEmail('RITA@example.com')).toMatchObject({ id: id(1) });
    });

    it('are where they say, since they first said so', async () => {
      await agents().create(rita, NOW);
      expect(await agents().setPresence(id(1), 'AVAILABLE', minutes(1))).toMatchObject({
        status: 'AVAILABLE',
        since: minutes(1),
      });
      expect(await agents().setPresence(id(1), 'AVAILABLE', minutes(2))).toMatchObject({
        since: minutes(1),
      });
      expect(await agents().setPresence(UNKNOWN, 'AVAILABLE', NOW)).toBeNull();
    });

    it('are doing what their session does, the one that is not stopped', async () => {
      const f = floor();
      const busy = await f.agent('Busy');
      const free = await f.agent('Free');
      const queueId = await f.queue('Spring');
      await f.session(busy, queueId, { status: 'STOPPED', phase: 'STOPPED' });
      await f.session(free, queueId, { status: 'STOPPED', phase: 'STOPPED' });
      const open = await f.session(busy, queueId, { phase: 'ON_CALL', phase_since: minutes(3) });
      const { rows, total } = await agents().list({ limit: 9 });
      expect(total).toBe(2);
      expect(rows).toMatchObject([
        { id: busy, status: 'ON_CALL', since: minutes(3), sessionId: open },
        { id: free, status: 'AVAILABLE', since: NOW, sessionId: null },
      ]);
      const first = await agents().list({ limit: 1 });
      const second = await agents().list({ limit: 1, cursor: first.nextCursor ?? '' });
      expect([first.rows[0]?.id, second.rows[0]?.id, second.nextCursor]).toEqual([
        busy,
        free,
        null,
      ]);
    });
  });

  describe('settings', () => {
    it('are kept in versions, and the second of two people who save at once is told', async () => {
      const settings = createSettingsStore(db());
      expect(await settings.current()).toBeNull();
      expect(await settings.put({ dialing: { lines: 2 } }, 0, NOW)).toEqual({
        kind: 'stored',
        settings: { version: 1, value: { dialing: { lines: 2 } }, createdAt: NOW },
      });
      expect(await settings.put({ dialing: { lines: 3 } }, 0, NOW)).toMatchObject({
        kind: 'conflict',
        current: { version: 1 },
      });
      const answers = await Promise.all([
        settings.put({ by: 'a' }, 1, NOW),
        settings.put({ by: 'b' }, 1, NOW),
      ]);
      expect(answers.map((answer) => answer.kind).sort()).toEqual(['conflict', 'stored']);
      expect(await settings.current()).toMatchObject({ version: 2 });
      expect(await settings.put({}, 7, NOW)).toMatchObject({ kind: 'conflict' });
      const history = await settings.history({ limit: 1 });
      expect(history).toMatchObject({ total: 2, rows: [{ version: 2 }] });
      expect(await settings.history({ limit: 1, cursor: history.nextCursor ?? '' })).toMatchObject({
        rows: [{ version: 1 }],
        nextCursor: null,
      });
    });
  });

  describe('an import', () => {
    const imports = () => createImportStore(db());
    const file = {
      fileName: 'leads.csv',
      options: { duplicates: 'skip' },
      content: 'name,phone\nAda,1\n',
      rowsTotal: 4,
    };
    const step = { created: 1, updated: 0, skipped: 0, failed: 1 };

    it('is worked on by one at a time, and goes on behind the last row counted when its worker dies', async () => {
      await imports().create({ id: id(1), ...file }, NOW);
      expect(await imports().dueIds(NOW, 9)).toEqual([id(1)]);
      const claims = await Promise.all([
        imports().claim(id(1), NOW, minutes(1)),
        imports().claim(id(1), NOW, minutes(1)),
      ]);
      expect(claims.filter((job) => job !== null)).toMatchObject([
        { state: 'RUNNING', content: file.content, rowsDone: 0, options: { duplicates: 'skip' } },
      ]);
      const errors = [{ line: 3, field: 'phone', reason: 'is too short' }];
      expect(
        await imports().progress(id(1), { ...step, from: 0, rowsDone: 2, errors }, minutes(1)),
      ).toBe(true);
      expect(await imports().dueIds(NOW, 9)).toEqual([]);

      // Its lease runs out.
      expect(await imports().claim(id(1), minutes(1), minutes(2))).toMatchObject({ rowsDone: 2 });
      expect(
        await imports().progress(id(1), { ...step, from: 2, rowsDone: 4, errors: [] }, minutes(2)),
      ).toBe(true);
      // The first worker wakes up and repeats itself.
      expect(
        await imports().progress(id(1), { ...step, from: 2, rowsDone: 4, errors }, minutes(9)),
      ).toBe(false);

      const done = await imports().finish(id(1), { state: 'DONE' }, minutes(2));
      expect(done).toMatchObject({
        state: 'DONE',
        rowsTotal: 4,
        rowsDone: 4,
        createdLeads: 2,
        failedRows: 2,
        finishedAt: minutes(2),
      });
      const row = await db().selectFrom('imports').select(['content', 'due_at']).executeTakeFirst();
      expect(row).toEqual({ content: null, due_at: null });
      expect(await imports().finish(id(1), { state: 'FAILED', error: 'late' }, NOW)).toBeNull();
      expect(await imports().claim(id(1), minutes(99), minutes(100))).toBeNull();
    });

    it('counts a step and stores its leads together or not at all', async () => {
      const apply = createImportStepper(db());
      await imports().create({ id: id(1), ...file }, NOW);
      await imports().claim(id(1), NOW, minutes(1));
      const options = { duplicates: 'skip' as const, now: NOW, ids: countingIds() };
      const count = (from: number) => () => ({ ...step, from, rowsDone: from + 1, errors: [] });
      expect(
        await apply(id(1), [{ name: 'Ada', phone: phone(1) }], options, count(0), minutes(1)),
      ).toBe(true);
      expect(
        await apply(id(1), [{ name: 'Ben', phone: phone(2) }], options, count(0), minutes(1)),
      ).toBe(false);
      const leads = createLeadStore(db());
      expect(await leads.findByPhone(phone(1))).not.toBeNull();
      expect(await leads.findByPhone(phone(2))).toBeNull();
    });

    it('can be given back at once, for the next worker', async () => {
      await imports().create({ id: id(1), ...file, content: 'a\0b' }, NOW);
      await imports().claim(id(1), NOW, minutes(10));
      await imports().release(id(1), minutes(1));
      expect(await imports().claim(id(1), minutes(1), minutes(2))).toMatchObject({
        content: 'a\ufffdb',
      });
    });

    it('is listed with the newest first, and its errors by line, page by page', async () => {
      for (const n of [1, 2, 3]) await imports().create({ id: id(n), ...file }, minutes(n));
      await imports().claim(id(1), minutes(1), minutes(2));
      const errors = [9, 2, 5].map((line) => ({
        line,
        field: line === 2 ? null : 'phone',
        reason: `line ${line}`,
      }));
      await imports().progress(id(1), { ...step, from: 0, rowsDone: 9, errors }, minutes(2));
      const first = await imports().errors(id(1), { limit: 2 });
      expect(first).toMatchObject({
        total: 3,
        rows: [
          { line: 2, field: null },
          { line: 5, field: 'phone' },
        ],
      });
      expect(
        await imports().errors(id(1), { limit: 2, cursor: first.nextCursor ?? '' }),
      ).toMatchObject({
        rows: [{ line: 9, reason: 'line 9' }],
        nextCursor: null,
      });
      expect((await imports().list({ limit: 9 })).rows.map((each) => each.id)).toEqual([
        id(3),
        id(2),
        id(1),
      ]);
      expect(await imports().get(UNKNOWN)).toBeNull();
    });
  });

  describe('daily work', () => {
    it('is done by one node when it is due, and again later if that node dies', async () => {
      const work = createScheduledWorkStore(db());
      await work.plan('retention', minutes(1));
      await work.plan('retention', minutes(99));
      expect(await work.claim('retention', NOW, minutes(30))).toBe(false);
      const claims = await Promise.all([
        work.claim('retention', minutes(1), minutes(30)),
        work.claim('retention', minutes(1), minutes(30)),
      ]);
      expect(claims.sort()).toEqual([false, true]);
      expect(await work.claim('retention', minutes(30), minutes(60))).toBe(true);
      await work.ran('retention', {
        at: minutes(31),
        note: '3 calls deleted',
        nextDueAt: minutes(1440),
      });
      expect(await work.claim('retention', minutes(1000), minutes(1030))).toBe(false);
      expect(await work.list()).toEqual([
        {
          name: 'retention',
          dueAt: minutes(1440),
          lastRun: minutes(31),
          lastNote: '3 calls deleted',
        },
      ]);
      expect(await work.claim('unknown', NOW, minutes(1))).toBe(false);
    });

    it('is not put off by a turn that was taken before the clock was set back', async () => {
      const work = createScheduledWorkStore(db());
      await work.plan('clock set back', minutes(60));
      expect(await work.claim('clock set back', NOW, minutes(1))).toBe(false);
      expect(await work.claim('clock set back', NOW, minutes(1), minutes(2))).toBe(true);
      expect(await work.claim('clock set back', NOW, minutes(1), minutes(2))).toBe(false);
    });
  });
});
