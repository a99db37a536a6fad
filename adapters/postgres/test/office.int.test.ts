import { describe, expect, it } from 'vitest';
import {
  createAgentStore,
  createImportStepper,
  createImportStore,
  createLeadStore,
  createPresenceStore,
  createScheduledWorkStore,
  createSettingsStore,
  createSuppressionStore,
  type ExportedLine,
} from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';
import { countingIds, id, minutes, NOW, phone, salesFloor } from './sales-floor.js';

const UNKNOWN = id(0xdead);

onEachDatabase('the office', (db) => {
  const floor = () => salesFloor(db());

  describe('agents', () => {
    let now = minutes(10);
    const agents = () => createAgentStore(db(), { now: () => now });
    const screens = () => createPresenceStore(db());
    const page = id(0x9a6e);
    const rita = { id: id(1), name: 'Rita Rep', email: 'Rita@example.com' };

    it('agents have an e-mail address of their own, in any case, and start offline', async () => {
      expect(await agents().create(rita, NOW)).toEqual({
        kind: 'created',
        agent: {
          ...rita,
          presence: 'OFFLINE',
          presenceSince: NOW,
          identities: {},
          status: 'OFFLINE',
          since: NOW,
          sessionId: null,
          connectionId: null,
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
      expect(
        await agents().patch(id(3), {
          identities: { aircall: { userId: '42', numberId: null } },
          name: 'Sam S',
        }),
      ).toMatchObject({
        kind: 'changed',
        agent: {
          name: 'Sam S',
          email: 'sam@example.com',
          identities: { aircall: { userId: '42', numberId: null } },
        },
      });
      expect(await agents().patch(id(3), { identities: {} })).toMatchObject({
        agent: { identities: {} },
      });
      expect(await agents().patch(id(3), {})).toMatchObject({ kind: 'changed' });
      expect(await agents().patch(UNKNOWN, { name: 'X' })).toEqual({ kind: 'not_found' });
      expect(await agents().findByEmail('RITA@example.com')).toMatchObject({ id: id(1) });
    });

    it('agents are where they say, since they first said so, while a screen of theirs is there', async () => {
      await agents().create(rita, NOW);
      await screens().seen(page, [id(1)], now);
      expect(await agents().setPresence(id(1), 'AVAILABLE', minutes(1))).toMatchObject({
        status: 'AVAILABLE',
        since: minutes(1),
      });
      expect(await agents().setPresence(id(1), 'AVAILABLE', minutes(2))).toMatchObject({
        since: minutes(1),
      });
      expect(await agents().setPresence(UNKNOWN, 'AVAILABLE', NOW)).toBeNull();
    });

    it('agents are offline without a screen whatever they chose last, once a page had time to be loaded again', async () => {
      await agents().create(rita, NOW);
      await agents().setPresence(id(1), 'AVAILABLE', minutes(1));
      expect(await agents().get(id(1))).toMatchObject({ status: 'OFFLINE', presence: 'AVAILABLE' });
      now = minutes(20);
      await screens().seen(page, [id(1)], now);
      await screens().left(page, [id(1)], now);
      now = new Date(minutes(20).getTime() + 9_000);
      expect(await agents().get(id(1))).toMatchObject({ status: 'AVAILABLE', since: minutes(1) });
      now = new Date(minutes(20).getTime() + 10_000);
      expect(await agents().get(id(1))).toMatchObject({ status: 'OFFLINE', since: minutes(20) });
      // A node that died says nothing.
      await screens().seen(page, [id(1)], minutes(30));
      now = new Date(minutes(30).getTime() + 26_000);
      expect(await agents().get(id(1))).toMatchObject({ status: 'OFFLINE', since: minutes(30) });
    });

    it('agents are doing what their session does, the one that is not stopped', async () => {
      const f = floor();
      const busy = await f.agent('Busy');
      const free = await f.agent('Free');
      const queueId = await f.queue('Spring');
      await f.session(busy, queueId, { status: 'STOPPED', phase: 'STOPPED' });
      await f.session(free, queueId, { status: 'STOPPED', phase: 'STOPPED' });
      const open = await f.session(busy, queueId, { phase: 'ON_CALL', phase_since: minutes(3) });
      await screens().seen(page, [busy, free], now);
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
    it('settings are kept in versions, and the second of two concurrent saves is refused', async () => {
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
      rowsTotal: 4,
      columnsKey: 'name-phone',
    };
    const step = { created: 1, updated: 0, skipped: 0, suppressed: 0, failed: 1, incomplete: 0 };
    const refusedLine = (line: number, field: string | null = 'phone') => ({
      line,
      position: 0,
      fate: 'refused' as const,
      code: 'unusable_number',
      field,
      reason: `line ${line}`,
      phones: [],
      cells: '["Ada","1"]',
    });
    /** All of its file is there, and a worker may have it. */
    const create = async (n: number, at = NOW) => {
      await imports().create({ id: id(n), ...file }, at, minutes(600));
      await imports().complete(id(n), at);
    };

    it('an import is worked on by one at a time, and continues behind the last row counted when its worker dies', async () => {
      await create(1);
      expect(await imports().dueIds(NOW, 9)).toEqual([id(1)]);
      const claims = await Promise.all([
        imports().claim(id(1), NOW, minutes(1)),
        imports().claim(id(1), NOW, minutes(1)),
      ]);
      expect(claims.filter((job) => job !== null)).toMatchObject([
        { state: 'RUNNING', complete: true, rowsDone: 0, options: { duplicates: 'skip' } },
      ]);
      const lines = [refusedLine(3)];
      expect(
        await imports().progress(id(1), { ...step, from: 0, rowsDone: 2, lines }, minutes(1)),
      ).toBe(true);
      expect(await imports().dueIds(NOW, 9)).toEqual([]);

      // Its lease runs out.
      expect(await imports().claim(id(1), minutes(1), minutes(2))).toMatchObject({ rowsDone: 2 });
      expect(
        await imports().progress(id(1), { ...step, from: 2, rowsDone: 4, lines: [] }, minutes(2)),
      ).toBe(true);
      // The first worker wakes up and repeats itself.
      expect(
        await imports().progress(id(1), { ...step, from: 2, rowsDone: 4, lines }, minutes(9)),
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

    it('an import counts a step and stores its leads and suppressions together or not at all', async () => {
      const apply = createImportStepper(db());
      await create(1);
      await imports().claim(id(1), NOW, minutes(1));
      const options = { duplicates: 'skip' as const, now: NOW, ids: countingIds() };
      const count = (from: number) => () => ({ ...step, from, rowsDone: from + 1, lines: [] });
      const batch = (name: string, n: number) => ({
        columns: null,
        leads: [{ name, phone: phone(n), position: 0 }],
        suppress: [{ phone: phone(n + 5), reason: 'marked', source: 'import' as const }],
      });
      expect(await apply(id(1), batch('Ada', 1), options, count(0), minutes(1))).not.toBeNull();
      expect(await apply(id(1), batch('Ben', 2), options, count(0), minutes(1))).toBeNull();
      const leads = createLeadStore(db());
      expect(await leads.findByPhone(phone(1))).not.toBeNull();
      expect(await leads.findByPhone(phone(2))).toBeNull();
      const suppressions = createSuppressionStore(db());
      expect(await suppressions.get(phone(6))).toMatchObject({ source: 'import' });
      expect(await suppressions.get(phone(7))).toBeNull();
    });

    it('an import can be released at once, for the next worker', async () => {
      await create(1);
      await imports().claim(id(1), NOW, minutes(10));
      await imports().release(id(1), minutes(1));
      expect(await imports().claim(id(1), minutes(1), minutes(2))).not.toBeNull();
    });

    it('an import whose file was not taken in whole is due when its time is over, and says so', async () => {
      await imports().create({ id: id(1), ...file }, NOW, minutes(10));
      await imports().addChunk(id(1), { number: 0, firstRow: 0, content: '[2,["Ada","1"]]' });
      expect(await imports().claim(id(1), NOW, minutes(1))).toBeNull();
      expect(await imports().claim(id(1), minutes(10), minutes(11))).toMatchObject({
        complete: false,
      });
      await imports().create({ id: id(2), ...file }, NOW, minutes(10));
      await imports().discard(id(2));
      expect(await imports().get(id(2))).toBeNull();
      // Not one that is whole.
      await create(3);
      await imports().discard(id(3));
      expect(await imports().get(id(3))).not.toBeNull();
    });

    it('an import keeps its file in chunks until it is over', async () => {
      await create(1);
      await imports().addChunk(id(1), { number: 0, firstRow: 0, content: 'first' });
      await imports().addChunk(id(1), { number: 1, firstRow: 9, content: 'second' });
      expect(await imports().chunk(id(1), 1)).toEqual({
        number: 1,
        firstRow: 9,
        content: 'second',
      });
      expect(await imports().chunk(id(1), 2)).toBeNull();
      await imports().finish(id(1), { state: 'DONE' }, NOW);
      expect(await imports().chunk(id(1), 0)).toBeNull();
    });

    it('an import is found by the columns of its file, the newest first', async () => {
      expect(await imports().optionsOfLast('name-phone')).toBeNull();
      await create(1);
      await imports().create(
        { id: id(2), ...file, options: { newer: true } },
        minutes(1),
        minutes(9),
      );
      expect(await imports().optionsOfLast('name-phone')).toEqual({ duplicates: 'skip' });
      await imports().complete(id(2), minutes(1));
      expect(await imports().optionsOfLast('name-phone')).toEqual({ newer: true });
    });

    it('an import is listed with the newest first, and its lines in their order, page by page and by kind', async () => {
      for (const n of [1, 2, 3]) await create(n, minutes(n));
      await imports().claim(id(1), minutes(1), minutes(2));
      const lines = [
        refusedLine(9),
        refusedLine(2, null),
        refusedLine(5),
        { ...refusedLine(7), fate: 'created' as const, code: 'unusable_field', field: 'email' },
        {
          ...refusedLine(7),
          fate: 'created' as const,
          code: 'unusable_field',
          field: 'score',
          position: 1,
          cells: null,
        },
      ];
      await imports().progress(id(1), { ...step, from: 0, rowsDone: 9, lines }, minutes(2));
      const first = await imports().lines(id(1), { fate: 'refused' }, { limit: 2 });
      expect(first).toMatchObject({
        total: 3,
        rows: [
          { line: 2, field: null },
          { line: 5, field: 'phone' },
        ],
      });
      expect(
        await imports().lines(
          id(1),
          { fate: 'refused' },
          { limit: 2, cursor: first.nextCursor ?? '' },
        ),
      ).toMatchObject({ rows: [{ line: 9, reason: 'line 9' }], nextCursor: null });
      expect(await imports().groups(id(1))).toEqual([
        {
          fate: 'refused',
          code: 'unusable_number',
          field: 'phone',
          lines: 2,
          example: { line: 5, reason: 'line 5' },
        },
        {
          fate: 'refused',
          code: 'unusable_number',
          field: null,
          lines: 1,
          example: { line: 2, reason: 'line 2' },
        },
        {
          fate: 'created',
          code: 'unusable_field',
          field: 'email',
          lines: 1,
          example: { line: 7, reason: 'line 7' },
        },
        {
          fate: 'created',
          code: 'unusable_field',
          field: 'score',
          lines: 1,
          example: { line: 7, reason: 'line 7' },
        },
      ]);
      const exported: ExportedLine[] = [];
      for await (const batch of imports().exportLines(id(1), {})) exported.push(...batch);
      expect(exported.map(({ line, reasons }) => [line, reasons.length])).toEqual([
        [2, 1],
        [5, 1],
        [7, 2],
        [9, 1],
      ]);
      expect(exported[2]).toMatchObject({ fate: 'created', cells: ['Ada', '1'] });
      expect((await imports().list({ limit: 9 })).rows.map((each) => each.id)).toEqual([
        id(3),
        id(2),
        id(1),
      ]);
      expect(await imports().get(UNKNOWN)).toBeNull();
    });
  });

  describe('daily work', () => {
    it('daily work is done by one node when it is due, and again later if that node dies', async () => {
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

    it('daily work is not put off by a turn that was taken before the clock was set back', async () => {
      const work = createScheduledWorkStore(db());
      await work.plan('clock set back', minutes(60));
      expect(await work.claim('clock set back', NOW, minutes(1))).toBe(false);
      expect(await work.claim('clock set back', NOW, minutes(1), minutes(2))).toBe(true);
      expect(await work.claim('clock set back', NOW, minutes(1), minutes(2))).toBe(false);
    });
  });
});
