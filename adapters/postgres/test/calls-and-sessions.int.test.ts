import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  addUpCounts,
  BadCursor,
  createCallViews,
  createHistory,
  createInboxViews,
  createProviderInbox,
  createReportStore,
  createRetention,
  createSessionViews,
  createStatistics,
  type History,
  type HistoryFilter,
  type Totals,
  UnknownTimeZone,
} from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';
import { id, minutes, NOW, phone, type SalesFloor, salesFloor } from './sales-floor.js';

const UNKNOWN = id(0xdead);

/** One agent on one stored queue. */
async function oneSession(floor: SalesFloor) {
  const agentId = await floor.agent('Rita Rep');
  const queueId = await floor.queue('Spring');
  return { agentId, queueId, sessionId: await floor.session(agentId, queueId) };
}

onEachDatabase('what screens read', (db) => {
  const floor = () => salesFloor(db());

  describe('a call', () => {
    it('a call carries its lead, its agent, its queue, and the note that the outcome gives it', async () => {
      const f = floor();
      const { sessionId, agentId, queueId } = await oneSession(f);
      const leadId = await f.lead('Ada', 1, { company: 'Engines Ltd' });
      const callId = await f.endedCall(sessionId, leadId, 'VOICEMAIL', {
        crm_state: 'FAILED',
        crm_error: 'The CRM is down.',
        crm_attempts: 2,
        crm_due_at: minutes(9),
      });
      expect(await createCallViews(db()).get(callId)).toMatchObject({
        id: callId,
        agentId,
        agentName: 'Rita Rep',
        queueId,
        queueName: 'Spring',
        lead: { id: leadId, name: 'Ada', phone: phone(1), company: 'Engines Ltd', jobTitle: null },
        leadDeleted: false,
        state: 'COMPLETED',
        outcome: 'VOICEMAIL',
        disposition: 'Left Voicemail',
        notes: null,
        note: 'Reached voicemail. No message left.',
        clearance: {
          decidedAt: NOW,
          rule: 'window_off',
          zones: ['America/New_York'],
          until: null,
          contact: null,
        },
        crm: { state: 'FAILED', attempts: 2, dueAt: minutes(9), lastError: 'The CRM is down.' },
      });
      expect(await createCallViews(db()).get(UNKNOWN)).toBeNull();
    });

    it("shows the agent's own words rather than the outcome's, and nothing while it is undecided", async () => {
      const f = floor();
      const { sessionId } = await oneSession(f);
      const said = await f.endedCall(sessionId, await f.lead('Ada', 1), 'CONNECTED', {
        disposition: 'Interested',
        notes: 'Wants a demo.',
        verdict_at: minutes(2),
      });
      const live = await f.liveCall(sessionId, await f.lead('Ben', 2));
      const calls = createCallViews(db());
      expect(await calls.get(said)).toMatchObject({
        disposition: 'Interested',
        notes: 'Wants a demo.',
        note: 'Wants a demo.',
        dispositionSavedAt: minutes(2),
      });
      expect(await calls.get(live)).toMatchObject({
        outcome: null,
        disposition: null,
        note: null,
        crm: null,
      });
    });

    it('a call remembers who was called after the lead is gone', async () => {
      const f = floor();
      const { sessionId } = await oneSession(f);
      const leadId = await f.lead('Ada', 1);
      const callId = await f.endedCall(sessionId, leadId, 'BUSY');
      await db().deleteFrom('leads').execute();
      expect(await createCallViews(db()).get(callId)).toMatchObject({
        lead: { id: leadId, name: 'Ada', phone: phone(1), company: null },
        leadDeleted: true,
      });
    });
  });

  describe('a session', () => {
    it('made of a selection shows all its leads in the order selected, whatever became of them', async () => {
      const f = floor();
      const queueId = await f.queue('Selection', true);
      const sessionId = await f.session(await f.agent('Rita Rep'), queueId);
      const [ada, ben, cleo] = [
        await f.lead('Ada', 1),
        await f.lead('Ben', 2),
        await f.lead('Cleo', 3),
      ];
      await f.item(queueId, cleo, { position: 2 });
      await f.item(queueId, ben, { position: 0, state: 'DONE' });
      await f.item(queueId, ada, { position: 1, due_at: minutes(60) });
      const view = await createSessionViews(db()).view(sessionId, NOW);
      expect(view).toMatchObject({
        adHoc: true,
        leadQueue: [ben, ada, cleo],
        calls: [],
        activeCallIds: [],
      });
    });

    it('a session on a stored queue shows the leads that it would call next, in that order', async () => {
      const f = floor();
      const { sessionId, queueId } = await oneSession(f);
      const [ada, ben, cleo, dan] = [
        await f.lead('Ada', 1),
        await f.lead('Ben', 2),
        await f.lead('Cleo', 3),
        await f.lead('Dan', 4),
      ];
      await f.item(queueId, ada, { position: 1 });
      await f.item(queueId, ben, { position: 2, priority: 1 });
      await f.item(queueId, cleo, { position: 3, due_at: minutes(5), ready: false });
      await f.item(queueId, dan, { position: 4 });
      await f.liveCall(sessionId, dan);
      const sessions = createSessionViews(db());
      expect((await sessions.view(sessionId, NOW))?.leadQueue).toEqual([ben, ada]);
      expect((await sessions.view(sessionId, minutes(5)))?.leadQueue).toEqual([ben, ada, cleo]);
    });

    it('a session shows its newest calls first, and every live one however old', async () => {
      const f = floor();
      const { sessionId, agentId } = await oneSession(f);
      const live = await f.liveCall(sessionId, await f.lead('Ada', 1));
      const busy = await f.endedCall(sessionId, await f.lead('Ben', 2), 'BUSY');
      const connected = await f.endedCall(sessionId, await f.lead('Cleo', 3), 'CONNECTED', {
        winner: true,
      });
      await db()
        .updateTable('sessions')
        .set({ attempted: 3, connected: 1, failed: 1, winner_call_id: connected })
        .execute();
      const sessions = createSessionViews(db());
      const view = await sessions.view(sessionId, NOW, 1);
      expect(view?.calls.map((call) => call.id)).toEqual([connected, live]);
      expect((await sessions.view(sessionId, NOW))?.calls.map((call) => call.id)).toEqual([
        connected,
        busy,
        live,
      ]);
      expect(view).toMatchObject({
        agentName: 'Rita Rep',
        queueName: 'Spring',
        adHoc: false,
        lines: 2,
        winnerCallId: connected,
        activeCallIds: [live],
        metrics: { attempted: 3, connected: 1, failed: 1, canceled: 0 },
        settings: { ringSeconds: 25 },
      });
      expect(await sessions.header(sessionId)).toMatchObject({ activeCallIds: [live], agentId });
      expect(await sessions.view(UNKNOWN, NOW)).toBeNull();
    });

    it('a session is listed with the others, the newest first, by status, agent and queue', async () => {
      const f = floor();
      const { agentId, queueId, sessionId } = await oneSession(f);
      const autumn = await f.queue('Autumn');
      const older = await f.session(agentId, autumn, {
        status: 'STOPPED',
        started_at: minutes(-60),
      });
      const oldest = await f.session(agentId, queueId, {
        status: 'STOPPED',
        started_at: minutes(-90),
      });
      const other = await f.session(await f.agent('Sam'), autumn, {
        status: 'PAUSED',
        started_at: minutes(-1),
      });
      const sessions = createSessionViews(db());
      const ids = async (filter: object) =>
        (await sessions.list(filter, { limit: 9 })).rows.map((session) => session.id);

      expect(await ids({})).toEqual([sessionId, other, older, oldest]);
      expect(await ids({ status: 'STOPPED' })).toEqual([older, oldest]);
      expect(await ids({ status: ['RUNNING', 'PAUSED'], queueId: autumn })).toEqual([other]);
      expect(await ids({ agentId })).toEqual([sessionId, older, oldest]);
      expect(await sessions.latestOfAgent(agentId)).toBe(sessionId);

      const first = await sessions.list({}, { limit: 3 });
      expect(first.total).toBe(4);
      const rest = await sessions.list({}, { limit: 3, cursor: first.nextCursor ?? '' });
      expect(rest.rows.map((session) => session.id)).toEqual([oldest]);
    });
  });

  describe('the history', () => {
    const seen = async (history: History, filter: HistoryFilter) =>
      (await history.list(filter, { limit: 50 })).rows.map((call) => call.lead.name);

    it('the history holds completed calls only, and filters them by agent, queue, time, outcome and CRM state', async () => {
      const f = floor();
      const { agentId, sessionId, queueId } = await oneSession(f);
      const sam = await f.agent('Sam');
      const samsSession = await f.session(sam, await f.queue('Autumn'));
      const ada = await f.lead('Ada', 1);
      await f.liveCall(sessionId, await f.lead('Live', 9));
      await f.endedCall(sessionId, ada, 'BUSY', { ended_at: minutes(1) });
      await f.endedCall(sessionId, await f.lead('Ben', 2), 'CONNECTED', {
        ended_at: minutes(2),
        disposition: 'Interested',
        crm_state: 'PENDING',
      });
      await f.endedCall(samsSession, await f.lead('Cleo', 3), 'NO_ANSWER', {
        ended_at: minutes(3),
      });
      const history = createHistory(db());

      expect(await seen(history, {})).toEqual(['Cleo', 'Ben', 'Ada']);
      expect(await seen(history, { agentId })).toEqual(['Ben', 'Ada']);
      expect(await seen(history, { leadId: ada })).toEqual(['Ada']);
      expect(await seen(history, { queueId })).toEqual(['Ben', 'Ada']);
      expect(await seen(history, { sessionId: samsSession })).toEqual(['Cleo']);
      expect(await seen(history, { outcomes: ['BUSY', 'NO_ANSWER'] })).toEqual(['Cleo', 'Ada']);
      expect(await seen(history, { disposition: 'interested' })).toEqual(['Ben']);
      expect(await seen(history, { crmState: 'PENDING' })).toEqual(['Ben']);
      expect(await seen(history, { from: minutes(2), to: minutes(3) })).toEqual(['Ben']);
      expect(await seen(history, { q: 'cle' })).toEqual(['Cleo']);
      expect(await seen(history, { q: '555-0001' })).toEqual(['Ada']);
      expect((await history.list({ q: 'cle' }, { limit: 1 })).total).toBe(1);
    });

    it('the history is cut into pages, and exported in batches, without losing or repeating a call', async () => {
      const f = floor();
      const { sessionId } = await oneSession(f);
      const called: string[] = [];
      for (let n = 1; n <= 7; n += 1) {
        // Some end in the same millisecond.
        const ended = { ended_at: minutes(Math.ceil(n / 3)) };
        called.unshift(await f.endedCall(sessionId, await f.lead(`Lead ${n}`, n), 'BUSY', ended));
      }
      const history = createHistory(db());
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await history.list({}, { limit: 2, cursor });
        paged.push(...page.rows.map((call) => call.id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined && paged.length < 20);
      expect(paged).toEqual(called);

      const batches: string[][] = [];
      for await (const batch of history.export({}, 3)) batches.push(batch.map((call) => call.id));
      expect(batches.map((batch) => batch.length)).toEqual([3, 3, 1]);
      expect(batches.flat()).toEqual(called);
      await expect(history.list({}, { limit: 2, cursor: 'x' })).rejects.toThrow(BadCursor);
    });
  });

  describe('statistics', () => {
    const DAY = {
      from: new Date('2026-03-06T00:00:00.000Z'),
      to: new Date('2026-03-07T00:00:00.000Z'),
    };
    const addsUp = (totals: Totals) =>
      totals.attempted === totals.connected + totals.failed + totals.canceled + totals.live;

    async function aDayOfCalls(f: SalesFloor) {
      const { agentId, queueId, sessionId } = await oneSession(f);
      const sam = await f.agent('Sam');
      const autumn = await f.queue('Autumn');
      const samsSession = await f.session(sam, autumn);
      let n = 0;
      const lead = () => {
        n += 1;
        return f.lead(`Lead ${n}`, n);
      };
      const at = (time: string) => ({ queued_at: new Date(`2026-03-06T${time}:00.000Z`) });
      await f.endedCall(sessionId, await lead(), 'CONNECTED', { ...at('09:10'), talk_seconds: 60 });
      await f.endedCall(sessionId, await lead(), 'CONNECTED', {
        ...at('09:20'),
        talk_seconds: 30,
        disposition: 'Interested',
      });
      await f.endedCall(sessionId, await lead(), 'BUSY', at('10:00'));
      await f.endedCall(sessionId, await lead(), 'CANCELED_BY_DIALER', at('10:59'));
      await f.endedCall(samsSession, await lead(), 'ABANDONED', at('10:30'));
      await f.endedCall(samsSession, await lead(), 'FAILED', at('23:30'));
      await f.liveCall(samsSession, await lead(), at('09:59'));
      await f.endedCall(samsSession, await lead(), 'BUSY', {
        queued_at: DAY.to,
        ended_at: minutes(1, DAY.to),
      });
      return { agentId, queueId, sam, autumn };
    }

    it('statistics count practice calls apart, before and after the sums are added up', async () => {
      const f = floor();
      const { queueId } = await aDayOfCalls(f);
      const sessionId = await f.session(await f.agent('Eve'), queueId);
      const at = (time: string) => ({ queued_at: new Date(`2026-03-06T${time}:00.000Z`) });
      for (const [n, time] of ['11:00', '11:05'].entries()) {
        await f.endedCall(sessionId, await f.lead(`Real ${n}`, 100 + n), 'BUSY', {
          ...at(time),
          provider: 'another-carrier',
        });
      }
      const statistics = createStatistics(db());
      for (const addUp of [async () => undefined, () => addUpCounts(db())]) {
        await addUp();
        const [all, practice, real] = await Promise.all([
          statistics.read(DAY),
          statistics.read({ ...DAY, practice: 'only' }),
          statistics.read({ ...DAY, practice: 'exclude' }),
        ]);
        expect(real.totals).toMatchObject({ attempted: 2, failed: 2, connected: 0, live: 0 });
        expect(practice.totals.attempted).toBe(7);
        expect(all.totals.attempted).toBe(9);
        expect(real.byAgent.map(({ attempted }) => attempted)).toEqual([2]);
        // A part of an hour is read from the calls themselves.
        const part = { from: DAY.from, to: at('11:03').queued_at };
        expect((await statistics.read({ ...part, practice: 'exclude' })).totals.attempted).toBe(1);
      }
    });

    it('statistics add up, as a whole and in every group', async () => {
      const { agentId, queueId, sam, autumn } = await aDayOfCalls(floor());
      const stats = await createStatistics(db()).read(DAY);
      expect(stats.totals).toEqual({
        attempted: 7,
        connected: 2,
        failed: 3,
        canceled: 1,
        live: 1,
        talkSeconds: 90,
        averageTalkSeconds: 45,
        connectRate: 2 / 6,
        abandoned: 1,
        abandonRate: 1 / 3,
      });
      for (const groups of [stats.byAgent, stats.byQueue, stats.byHour, stats.byDay]) {
        expect([stats.totals, ...groups].every(addsUp)).toBe(true);
        expect(groups.reduce((sum, group) => sum + group.attempted, 0)).toBe(7);
      }
      const ended = stats.byOutcome.reduce((sum, group) => sum + group.calls, 0);
      expect(ended + stats.totals.live).toBe(7);
      expect(stats.byOutcome[0]).toEqual({ outcome: 'CONNECTED', calls: 2 });
      expect(stats.byDisposition).toContainEqual({ disposition: 'Interested', calls: 1 });
      expect(stats.byDisposition.reduce((sum, group) => sum + group.calls, 0)).toBe(6);
      expect(stats.byAgent).toMatchObject([
        { agentId, agentName: 'Rita Rep', attempted: 4, connected: 2, live: 0, talkSeconds: 90 },
        { agentId: sam, agentName: 'Sam', attempted: 3, connected: 0, live: 1 },
      ]);
      expect(stats.byQueue).toMatchObject([
        { queueId, queueName: 'Spring', attempted: 4, adHoc: false },
        { queueId: autumn, queueName: 'Autumn', attempted: 3 },
      ]);
      expect(stats.byHour.map(({ hour, attempted }) => [hour, attempted])).toEqual([
        [9, 3],
        [10, 3],
        [23, 1],
      ]);
      expect(stats.byDay.map(({ day, attempted }) => [day, attempted])).toEqual([
        ['2026-03-06', 7],
      ]);
    });

    it('statistics can be read for one agent and one queue', async () => {
      const { agentId, sam, autumn } = await aDayOfCalls(floor());
      const statistics = createStatistics(db());
      expect((await statistics.read({ ...DAY, agentId })).totals.attempted).toBe(4);
      expect((await statistics.read({ ...DAY, queueId: autumn })).totals).toMatchObject({
        attempted: 3,
        live: 1,
      });
      const none = await statistics.read({ ...DAY, agentId, queueId: autumn });
      expect(none.totals).toMatchObject({
        attempted: 0,
        connectRate: 0,
        abandonRate: 0,
        averageTalkSeconds: 0,
      });
      expect(none.byAgent).toEqual([]);
      expect((await statistics.read({ ...DAY, agentId: sam })).byAgent).toHaveLength(1);
    });

    it('statistics tell the hours and days of the zone asked for', async () => {
      await aDayOfCalls(floor());
      const statistics = createStatistics(db());
      const inBerlin = await statistics.read({ ...DAY, timeZone: 'Europe/Berlin' });
      expect(inBerlin.byHour.map(({ hour, attempted }) => [hour, attempted])).toEqual([
        [0, 1],
        [10, 3],
        [11, 3],
      ]);
      expect(inBerlin.byDay.map(({ day, attempted }) => [day, attempted])).toEqual([
        ['2026-03-06', 6],
        ['2026-03-07', 1],
      ]);
      await expect(statistics.read({ ...DAY, timeZone: 'Mars/Olympus' })).rejects.toThrow(
        UnknownTimeZone,
      );
      await expect(statistics.read({ ...DAY, timeZone: "'; drop table calls" })).rejects.toThrow(
        UnknownTimeZone,
      );
    });

    it('statistics become a report of the day, once it is over, the same however often it is written', async () => {
      const { agentId, queueId, autumn, sam } = await aDayOfCalls(floor());
      const reports = createReportStore(db());
      expect(await reports.lastDay()).toBeNull();
      expect(await reports.writeDay('2026-03-06', NOW)).toEqual({ kind: 'day_not_over' });
      const tomorrow = minutes(30, DAY.to);
      expect(await reports.writeDay('2026-03-06', tomorrow)).toEqual({
        kind: 'written',
        rows: 2,
        stillLive: 1,
      });
      expect(await reports.writeDay('2026-03-06', tomorrow)).toEqual({
        kind: 'written',
        rows: 2,
        stillLive: 1,
      });
      expect(await reports.lastDay()).toBe('2026-03-06');

      const { rows, total } = await reports.list({}, { limit: 9 });
      expect(total).toBe(2);
      expect(rows).toContainEqual({
        day: '2026-03-06',
        agentId,
        agentName: 'Rita Rep',
        queueId,
        queueName: 'Spring',
        attempted: 4,
        connected: 2,
        failed: 1,
        canceled: 1,
        byOutcome: { CONNECTED: 2, BUSY: 1, CANCELED_BY_DIALER: 1 },
        talkSeconds: 90,
      });

      await db()
        .updateTable('calls')
        .set({ state: 'COMPLETED', outcome: 'NO_ANSWER', crm_state: 'PENDING', ended_at: tomorrow })
        .where('state', '<>', 'COMPLETED')
        .execute();
      await reports.writeDay('2026-03-06', tomorrow);
      expect((await reports.list({ agentId: sam }, { limit: 9 })).rows).toMatchObject([
        { attempted: 3, byOutcome: { ABANDONED: 1, FAILED: 1, NO_ANSWER: 1 } },
      ]);

      await reports.writeDay('2026-03-07', minutes(0, new Date('2026-03-08T00:00:00.000Z')));
      const page = await reports.list({}, { limit: 2 });
      expect(page.rows.map((report) => report.day)).toEqual(['2026-03-07', '2026-03-06']);
      const rest = await reports.list({}, { limit: 2, cursor: page.nextCursor ?? '' });
      expect(rest.rows.map((report) => report.day)).toEqual(['2026-03-06']);
      expect((await reports.list({ from: '2026-03-07' }, { limit: 9 })).total).toBe(1);
      expect((await reports.list({ to: '2026-03-06', queueId: autumn }, { limit: 9 })).total).toBe(
        1,
      );
    });
  });

  describe('what providers told us', () => {
    const event = (n: number) => ({
      id: id(n),
      provider: 'aircall',
      dedupeKey: `event-${n}`,
      callKey: null,
      payload: { n },
      receivedAt: minutes(n),
      ignoredBecause: null,
    });

    it('what providers told us can be looked through, and what was given up can be tried again', async () => {
      const inbox = createProviderInbox(db());
      const views = createInboxViews(db());
      for (const n of [1, 2, 3]) await inbox.store(event(n));
      await inbox.failed(id(2), 'No such agent.', null);
      await inbox.settle([id(3)], 'IGNORED', 'Not a call.');

      const all = await views.list({}, { limit: 2 });
      expect(all).toMatchObject({ total: 3, rows: [{ id: id(3) }, { id: id(2) }] });
      expect(await views.list({}, { limit: 2, cursor: all.nextCursor ?? '' })).toMatchObject({
        rows: [{ id: id(1) }],
      });
      expect(
        (await views.list({ state: 'DEAD', provider: 'aircall' }, { limit: 9 })).rows,
      ).toMatchObject([{ id: id(2), note: 'No such agent.', payload: { n: 2 } }]);
      expect(await views.gauges(minutes(2))).toMatchObject({
        inbox: { pending: 1, dead: 1, lagSeconds: 60 },
      });

      expect(await views.replay(id(2), NOW)).toBe('replayed');
      expect(await views.get(id(2))).toMatchObject({ state: 'PENDING', attempts: 0 });
      expect(await views.replay(id(3), NOW)).toBe('not_dead');
      expect(await views.replay(UNKNOWN, NOW)).toBe('not_found');
    });

    it('what providers told us is counted beside live calls, open sessions and what the CRM still lacks', async () => {
      const f = floor();
      const { sessionId } = await oneSession(f);
      await f.liveCall(sessionId, await f.lead('Ada', 1));
      const crm = (
        n: number,
        crm_state: 'PENDING' | 'FAILED' | 'SYNCED',
        crm_due_at: Date | null,
      ) =>
        f
          .lead(`L${n}`, n)
          .then((lead) => f.endedCall(sessionId, lead, 'BUSY', { crm_state, crm_due_at }));
      await crm(2, 'PENDING', NOW);
      await crm(3, 'FAILED', NOW);
      await crm(4, 'FAILED', null);
      await crm(5, 'SYNCED', null);
      expect(await createInboxViews(db()).gauges(NOW)).toEqual({
        inbox: { pending: 0, dead: 0, lagSeconds: 0 },
        liveCalls: { QUEUED: 0, DIALING: 0, RINGING: 1, IN_PROGRESS: 0 },
        crmBacklog: { pending: 1, failed: 2, givenUp: 1 },
        sessions: { RUNNING: 1, PAUSED: 0 },
      });
    });
  });

  describe('retention', () => {
    it('retention deletes what is old and settled, and keeps what is young, live, or not in the CRM yet', async () => {
      const f = floor();
      const { sessionId, agentId, queueId } = await oneSession(f);
      const stopped = await f.session(agentId, queueId, { status: 'STOPPED' });
      const old = minutes(-10_000);
      const call = async (session: string, n: number, more: object) =>
        f.endedCall(session, await f.lead(`L${n}`, n), 'BUSY', { ended_at: old, ...more });
      await call(stopped, 1, {});
      await call(stopped, 2, {});
      await call(stopped, 3, { crm_state: 'FAILED' });
      const kept = [
        await call(stopped, 4, { crm_state: 'FAILED', crm_due_at: NOW }),
        await call(stopped, 5, { crm_state: 'PENDING', crm_due_at: NOW }),
        await call(stopped, 6, { ended_at: NOW }),
        await call(sessionId, 7, {}),
      ];
      const inbox = createProviderInbox(db());
      for (const n of [1, 2, 3]) {
        const receivedAt = n === 3 ? NOW : old;
        await inbox.store({
          id: id(n),
          provider: 'aircall',
          dedupeKey: `${n}`,
          callKey: null,
          payload: {},
          receivedAt,
          ignoredBecause: null,
        });
        if (n !== 2) await inbox.settle([id(n)], 'PROCESSED', null);
      }
      const anImport = (n: number, state: 'DONE' | 'RUNNING') => ({
        id: id(n),
        file_name: 'leads.csv',
        state,
        options: '{}',
        created_at: old,
        finished_at: state === 'DONE' ? old : null,
      });
      await db()
        .insertInto('imports')
        .values([anImport(1, 'DONE'), anImport(2, 'RUNNING'), anImport(3, 'DONE')])
        .execute();
      await db()
        .insertInto('import_lines')
        .values({
          import_id: id(1),
          line: 2,
          position: 0,
          fate: 'refused',
          code: 'x',
          field: null,
          reason: 'x',
          cells: null,
        })
        .execute();

      const before = minutes(-60);
      const retention = createRetention(db());
      await sql`
        insert into outside_calls (provider, provider_call_id, phone, dialed_at, ended_at)
        values ('aircall', '1', '+12025550101', ${minutes(-61)}, null), ('aircall', '2', '+12025550101', ${minutes(-59)}, null)`.execute(
        db(),
      );
      await sql`
        insert into contact_stops (call_id, phone, lead_id, effect, disposition, until, created_at)
        select ${id(900)}::uuid, phone, ${id(901)}::uuid, effect, 'As told', until::timestamptz, ${minutes(-99)}
        from (values ('+12025550101', 'waits', ${minutes(-61)}), ('+12025550102', 'waits', ${minutes(-61)}),
          ('+12025550103', 'waits', ${minutes(-59)}), ('+12025550104', 'ends_everywhere', null)) v (phone, effect, until)`.execute(
        db(),
      );
      const cutoffs = {
        providerEventsBefore: before,
        importsBefore: before,
        callsBefore: before,
        outsideCallsBefore: before,
        waitsOverBefore: before,
      };
      expect(
        await retention.deleteOld({ ...cutoffs, callsBefore: null }, { batchSize: 1 }),
      ).toEqual({
        providerEvents: 1,
        imports: 2,
        calls: 0,
        outsideCalls: 1,
        waits: 2,
      });
      expect(await retention.deleteOld(cutoffs, { batchSize: 2 })).toEqual({
        providerEvents: 0,
        imports: 0,
        calls: 3,
        outsideCalls: 0,
        waits: 0,
      });
      const left = await sql<{ phone: string }>`
        select phone from contact_stops union all select provider_call_id from outside_calls order by 1`.execute(
        db(),
      );
      expect(left.rows.map(({ phone }) => phone)).toEqual(['+12025550103', '+12025550104', '2']);
      const calls = await db().selectFrom('calls').select('id').orderBy('id').execute();
      expect(calls.map((row) => row.id)).toEqual(kept);
      const events = await db().selectFrom('provider_events').select('id').orderBy('id').execute();
      expect(events.map((row) => row.id)).toEqual([id(2), id(3)]);
      expect(await db().selectFrom('import_lines').selectAll().execute()).toEqual([]);
    });
  });
});
