import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  createLeadStore,
  createQueueItemStore,
  createQueueStore,
  type LeadSort,
} from '../src/index.js';
import { visibleLeads } from '../src/queues/workable-queues.js';
import { onEachDatabase } from './on-each-database.js';
import { countingIds, id, NOW } from './sales-floor.js';

const AGENT = { rosa: id(0xa1), omar: id(0xa2), newcomer: id(0xaf) };
const QUEUE = { open: id(0xb1), rosas: id(0xb2), omars: id(0xb3), gone: id(0xb4) };
const SORTS: readonly LeadSort[] = [
  'name',
  'company',
  'createdAt',
  'updatedAt',
  'score',
  'headcount',
];

onEachDatabase('which leads an agent may see', (db) => {
  const leads = () => createLeadStore(db());
  const queues = () => createQueueStore(db());

  const addLeads = (from: number, to: number) =>
    sql`
      insert into leads (id, name, phone, industry, headcount, score, created_at, updated_at)
      select ('0191f001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, 'Lead ' || i, '+1202' || lpad(i::text, 7, '0'),
        'Industry ' || i % 7, (i % 5) || '-100', i % 11, ${NOW}::timestamptz - i * interval '1 second', ${NOW}
      from generate_series(${from}::integer, ${to}::integer) i`.execute(db());
  const put = (queueId: string, from: number, to: number, step = 1) =>
    sql`
      insert into queue_items (id, queue_id, lead_id, phone, state, due_at, created_at)
      select gen_random_uuid(), ${queueId}::uuid, ('0191f001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, '+1', 'DONE', ${NOW}, ${NOW}
      from generate_series(${from}::integer, ${to}::integer, ${step}::integer) i`.execute(db());
  const leadId = (n: number) => `0191f001-0000-7000-8000-${String(n).padStart(12, '0')}`;

  async function office(): Promise<void> {
    for (const [name, agentId] of Object.entries(AGENT)) {
      if (name === 'newcomer') continue;
      await sql`insert into agents (id, name, email, presence_since, created_at)
        values (${agentId}, ${name}, ${`${name}@example.com`}, ${NOW}, ${NOW})`.execute(db());
    }
    for (const [name, queueId] of Object.entries(QUEUE))
      await queues().create({ id: queueId, name }, NOW);
    await addLeads(1, 60);
    await put(QUEUE.open, 1, 10);
    await put(QUEUE.rosas, 8, 20);
    await put(QUEUE.omars, 18, 30);
    await put(QUEUE.gone, 31, 40);
    await queues().setAccess(QUEUE.rosas, { restricted: true, agentIds: [AGENT.rosa] });
    await queues().setAccess(QUEUE.omars, { restricted: true, agentIds: [AGENT.omar] });
    await queues().archive(QUEUE.gone, NOW);
    await sql`insert into sessions (id, agent_id, queue_id, provider, lines, after_connect, status, phase, phase_since, round, settings, started_at)
      values (${id(0xc1)}, ${AGENT.rosa}, ${QUEUE.gone}, 's', 1, 'stop', 'STOPPED', 'STOPPED', ${NOW}, 1, '{}', ${NOW})`.execute(
      db(),
    );
    for (const [nth, state] of [
      [35, 'COMPLETED'],
      [50, 'COMPLETED'],
      [51, 'RINGING'],
    ] as const) {
      await sql`insert into calls (id, session_id, agent_id, queue_id, queue_item_id, lead_id, phone, round, attempt, provider, state, clearance, queued_at, ended_at, deadline_at, outcome, crm_state)
        values (${id(0xd00 + nth)}, ${id(0xc1)}, ${AGENT.rosa}, ${QUEUE.gone}, ${id(0xe00 + nth)}, ${leadId(nth)}, ${`+${nth}`}, 1, 1, 's', ${state}, '{}', ${NOW},
          ${state === 'COMPLETED' ? NOW : null}, ${NOW}, ${state === 'COMPLETED' ? 'BUSY' : null}, ${state === 'COMPLETED' ? 'SYNCED' : null})`.execute(
        db(),
      );
    }
  }
  const ROSAS = [...Array.from({ length: 20 }, (_, at) => at + 1), 35, 50, 51].map(leadId);

  describe('is', () => {
    it('an agent sees the leads of the queues that they may work, and the leads that they called or are calling', async () => {
      await office();
      const seen = async (agentId: string) => {
        const page = await leads().list(
          { visibleTo: agentId },
          { by: 'createdAt', descending: true },
          { limit: 100 },
        );
        expect(page.total).toBe(page.rows.length);
        return page.rows.map((lead) => lead.id).sort();
      };
      expect(await seen(AGENT.rosa)).toEqual(ROSAS);
      expect((await seen(AGENT.omar)).length).toBe(10 + 13);
      expect(await seen(AGENT.newcomer)).toEqual([]);
      for (let nth = 1; nth <= 60; nth += 1) {
        const found = (await leads().get(leadId(nth), AGENT.rosa))?.id ?? null;
        expect(found).toBe(ROSAS.includes(leadId(nth)) ? leadId(nth) : null);
      }
      const some = await leads().getMany([leadId(50), leadId(60), leadId(1)], AGENT.rosa);
      expect(some.map((lead) => lead.id)).toEqual([leadId(50), leadId(1)]);
    });

    it('the same by either way of asking, in every order, filter and page', async () => {
      await office();
      for (const agentId of Object.values(AGENT)) {
        const visible = await visibleLeads(db(), agentId);
        const ids = async (condition: typeof visible.each) =>
          (
            await sql<{ id: string }>`select id from leads where ${condition} order by id`.execute(
              db(),
            )
          ).rows;
        expect(await ids(visible.each)).toEqual(await ids(visible.all));
      }
      for (const by of SORTS) {
        const found: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await leads().list(
            { visibleTo: AGENT.rosa },
            { by, descending: false },
            { limit: 4, cursor },
          );
          found.push(...page.rows.map((lead) => lead.id));
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect(found.sort()).toEqual(ROSAS);
      }
      const options = await leads().filterOptions(AGENT.omar);
      expect(options.industries).toEqual((await leads().filterOptions()).industries);
      expect((await leads().filterOptions(AGENT.newcomer)).industries).toEqual([]);
    });

    it('found as well where so many are visible that each lead is looked at by itself', async () => {
      await office();
      await addLeads(1_001, 31_000);
      await put(QUEUE.rosas, 1_001, 31_000);
      expect(await (await visibleLeads(db(), AGENT.rosa)).areMany()).toBe(true);
      expect(await (await visibleLeads(db(), AGENT.omar)).areMany()).toBe(false);
      for (const by of SORTS) {
        const page = await leads().list(
          { visibleTo: AGENT.rosa },
          { by, descending: false },
          { limit: 200 },
        );
        const unseen = page.rows.filter(
          (lead) => lead.id < leadId(1_001) && !ROSAS.includes(lead.id),
        );
        expect(page.rows).toHaveLength(200);
        expect(unseen).toEqual([]);
        expect(page.total).toBeGreaterThanOrEqual(10_000);
      }
      expect((await leads().filterOptions(AGENT.rosa)).headcounts).toHaveLength(5);
      expect((await leads().filterOptions(AGENT.omar)).industries).toHaveLength(7);
    });
  });

  describe('goes with', () => {
    it('the items of the queues that they may work', async () => {
      await office();
      const items = async (agentId: string, queueId?: string) =>
        (await createQueueItemStore(db()).list({ workableBy: agentId, queueId }, { limit: 200 }))
          .total;
      expect(await items(AGENT.rosa)).toBe(10 + 13);
      expect(await items(AGENT.rosa, QUEUE.omars)).toBe(0);
      expect(await items(AGENT.rosa, QUEUE.rosas.toUpperCase())).toBe(13);
      expect(await items(AGENT.rosa, QUEUE.gone)).toBe(0);
      expect(await items(AGENT.newcomer)).toBe(0);
    });

    it('an agent sees the selection of leads that was made for them', async () => {
      await office();
      await queues().createAdHoc(
        { id: id(0x99), name: 'Selection', agentId: AGENT.omar, leadIds: [leadId(60)] },
        { now: NOW, ids: countingIds() },
      );
      expect(await queues().get(id(0x99), AGENT.omar)).toMatchObject({
        adHoc: true,
        restricted: true,
      });
      expect(await queues().get(id(0x99), AGENT.rosa)).toBeNull();
      expect(await leads().get(leadId(60), AGENT.omar)).not.toBeNull();
      expect(await leads().get(leadId(60), AGENT.rosa)).toBeNull();
    });
  });

  describe('is said by queue, and', () => {
    it('a list of names is replaced as a whole, and kept while every agent may work the queue', async () => {
      await office();
      const both = [AGENT.omar, AGENT.rosa].sort();
      expect(await queues().setAccess(QUEUE.rosas, { restricted: false, agentIds: both })).toEqual({
        kind: 'changed',
        before: { restricted: true, agentIds: [AGENT.rosa] },
        after: { restricted: false, agentIds: both },
      });
      expect(await queues().access(QUEUE.rosas)).toEqual({ restricted: false, agentIds: both });
      expect(
        await queues().setAccess(QUEUE.rosas, { restricted: true, agentIds: [AGENT.newcomer] }),
      ).toEqual({
        kind: 'unknown_agents',
        agentIds: [AGENT.newcomer],
      });
      expect(await queues().access(QUEUE.rosas)).toEqual({ restricted: false, agentIds: both });
      expect(await queues().setAccess(QUEUE.gone, { restricted: true, agentIds: [] })).toEqual({
        kind: 'not_found',
      });
      expect(await queues().access(QUEUE.gone)).toBeNull();
    });

    it('is said by queue, and is not taken from an agent who has the queue as a campaign at the provider', async () => {
      await office();
      await sql`insert into campaign_handovers (id, agent_id, queue_id, provider, created_at)
        values (${id(0xf1)}, ${AGENT.rosa}, ${QUEUE.rosas}, 'aircall', ${NOW})`.execute(db());
      const without = { restricted: true, agentIds: [AGENT.omar] };
      expect(await queues().setAccess(QUEUE.rosas, without)).toEqual({
        kind: 'has_campaign',
        agentId: AGENT.rosa,
      });
      expect(await queues().access(QUEUE.rosas)).toEqual({
        restricted: true,
        agentIds: [AGENT.rosa],
      });
      expect(
        await queues().setAccess(QUEUE.rosas, { restricted: false, agentIds: [] }),
      ).toMatchObject({
        kind: 'changed',
      });
    });
  });
});
