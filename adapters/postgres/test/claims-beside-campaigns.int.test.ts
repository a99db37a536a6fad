import {
  aLead,
  anAgent,
  anItem,
  aQueue,
  aSession,
  aSessionWithLeads,
  claiming,
  first,
  minutesAfter,
  NOON,
  newId,
  over,
  type StoreWorld,
} from '@outdial/testing/contracts/store-world';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CampaignStore,
  createCampaignStore,
  createQueueItemStore,
  createQueueStore,
} from '../src/index.js';
import { embedded, type MigratedDatabase, onServer } from './migrated-database.js';
import { storeWorldOn } from './store-world.js';

describe.each([
  { where: 'a PostgreSQL server', open: () => onServer(24) },
  { where: 'the embedded PostgreSQL', open: embedded },
])('leads that are handed over to a campaign, on $where,', ({ open }) => {
  let database: MigratedDatabase;
  let world: StoreWorld;
  let campaigns: CampaignStore;
  beforeAll(async () => {
    database = await open();
    world = storeWorldOn(database.opened.db);
    campaigns = createCampaignStore(database.opened.db);
  });
  afterAll(() => database?.close());

  const claim = async (sessionId: string, take: number) => {
    const applied = await world.store.fillLines(sessionId, NOON, claiming(take));
    if (applied === null) throw new Error('The session is not there.');
    return applied.answer;
  };
  const handOver = (agentId: string, queueId: string, items: readonly { readonly id: string }[]) =>
    campaigns.open(
      { id: newId(), agentId, queueId, provider: 'aircall', createdAt: NOON },
      items.map(({ id }) => ({ itemId: id, lastEndedAt: null })),
    );
  const taken = async (...given: Parameters<typeof handOver>): Promise<string[]> => {
    const answer = await handOver(...given);
    return answer.kind === 'open' ? [...answer.taken].sort() : [];
  };
  /** A queue of its own, with a session, for leads that are in another one as well. */
  async function alsoQueued(leads: readonly { readonly id: string }[]) {
    const [agent, queue] = [anAgent({ name: 'Sam' }), aQueue()];
    const items = leads.map((lead, position) => anItem(queue.id, lead.id, { position }));
    await world.add({ agents: [agent], queues: [queue], items });
    const session = aSession(agent.id, queue.id);
    await world.store.createSession(session);
    return { agent, queue, session, items };
  }

  it('are called by no session, in no queue, and no session waits for them', async () => {
    const here = await aSessionWithLeads(world, 2);
    const there = await alsoQueued(here.leads);
    const [mine, other] = [first(here.leads), here.leads[1]];
    expect(await taken(here.agent.id, here.queue.id, here.items.slice(0, 1))).toEqual([mine.phone]);

    const { db } = database.opened;
    for (const { id: queueId } of [here.queue, there.queue]) {
      expect((await createQueueStore(db).view(queueId, NOON))?.counts).toMatchObject({
        pending: 2,
        callable: 1,
      });
      const items = createQueueItemStore(db);
      expect(await items.upNext(queueId, NOON, 5)).toMatchObject([{ leadId: other?.id }]);
      const { rows } = await items.list({ queueId }, { limit: 5 });
      expect(rows).toMatchObject([
        { heldReason: "handed over to Ada's campaign at the phone system", dueAt: NOON },
        { heldReason: null },
      ]);
    }
    expect(await claim(there.session.id, 2)).toMatchObject({
      claimed: [{ leadId: other?.id }],
      outlook: { blocked: false, nextDueAt: null },
    });
  });

  it('stay so when called, until the campaign is taken back: called are done, others are called again', async () => {
    const { agent, queue, session, leads, items } = await aSessionWithLeads(world, 2);
    const there = await alsoQueued(leads);
    const answer = await handOver(agent.id, queue.id, items);
    if (answer.kind !== 'open') throw new Error('It was not opened.');
    const { handover } = answer;
    await campaigns.markCalled(handover.id, [first(leads).phone], minutesAfter(0.5));
    expect((await claim(there.session.id, 2)).claimed).toEqual([]);
    expect(await campaigns.findOpen(agent.id)).toEqual(handover);

    await campaigns.end(handover.id, minutesAfter(1));
    await campaigns.end(handover.id, minutesAfter(2));
    expect(await campaigns.findOpen(agent.id)).toBeNull();
    expect(await campaigns.numbers(handover.id)).toEqual([]);
    expect(await world.item(first(items).id)).toMatchObject({ state: 'DONE', attempts: 0 });
    expect((await claim(session.id, 2)).claimed).toMatchObject([{ leadId: leads[1]?.id }]);
  });

  it('are callable ones: not on a call, not suppressed, not due later', async () => {
    const { agent, queue, session, leads, items } = await aSessionWithLeads(world, 4);
    await claim(session.id, 1);
    await world.add({
      suppressions: [{ phone: leads[1]?.phone ?? '', reason: 'asked', source: 'person' }],
    });
    await sql`update queue_items set due_at = ${minutesAfter(1)} where id = ${items[2]?.id}`.execute(
      database.opened.db,
    );
    const there = await alsoQueued(leads.slice(0, 1));
    expect(await taken(agent.id, queue.id, items)).toEqual([leads[3]?.phone]);
    expect(await taken(there.agent.id, there.queue.id, there.items)).toEqual([]);
    // Nothing was taken, so nothing is open.
    expect(await campaigns.findOpen(there.agent.id)).toBeNull();
  });

  it('are in one campaign, of one queue and one agent', async () => {
    const here = await aSessionWithLeads(world, 20);
    const there = await alsoQueued(here.leads);
    const both = await Promise.all([
      taken(here.agent.id, here.queue.id, here.items),
      taken(there.agent.id, there.queue.id, there.items),
    ]);
    expect(both.flat().sort()).toEqual(here.leads.map(({ phone }) => phone).sort());
    const isMine = (await campaigns.findOpen(here.agent.id)) !== null;
    const [holder, another] = isMine ? [here, there] : [there, here];
    expect(await handOver(holder.agent.id, another.queue.id, another.items)).toEqual({
      kind: 'other_queue',
      queueId: holder.queue.id,
    });
  });

  it('that the provider refuses are free, and may be handed over again', async () => {
    const { agent, queue, leads, items } = await aSessionWithLeads(world, 1);
    const again = async () => {
      const answer = await handOver(agent.id, queue.id, items);
      if (answer.kind !== 'open') throw new Error('It was not opened.');
      expect(answer.taken.size).toBe(1);
      return answer.handover.id;
    };
    const one = await again();
    await campaigns.refuse(one, [first(leads).phone], 'busy', minutesAfter(1));
    expect(await campaigns.findOpen(agent.id)).toBeNull();

    const more = aLead();
    const item = anItem(queue.id, more.id);
    await world.add({ leads: [more], items: [item] });
    const two = await again();
    expect(await taken(agent.id, queue.id, [item])).toEqual([more.phone]);
    await campaigns.refuse(two, [first(leads).phone], 'busy', minutesAfter(1));
    expect(await campaigns.numbers(two)).toMatchObject([
      { phone: first(leads).phone, state: 'REFUSED', reason: 'busy' },
      { phone: more.phone, state: 'WAITING' },
    ]);
    expect(await again()).toBe(two);
  });

  it('at the very moment that sessions claim them are the campaign’s or the session’s, never both', async () => {
    const leads = Array.from({ length: 60 }, () => aLead());
    await world.add({ leads });
    const floors = await Promise.all(Array.from({ length: 6 }, () => alsoQueued(leads)));
    const { db } = database.opened;
    let handovers = 0;
    let calls = 0;
    const both = async () => {
      const { rows } = await sql`
        select from calls c join campaign_numbers n on n.phone = c.phone
        where c.state <> 'COMPLETED' and n.state in ('WAITING', 'CALLED')`.execute(db);
      return rows.length;
    };
    const sessions = floors.slice(0, 4).map(async ({ session }) => {
      for (let round = 0; round < 10; round += 1) {
        const { claimed } = await claim(session.id, 3);
        calls += claimed.length;
        expect(await both()).toBe(0);
        for (const call of claimed) {
          await world.store.changeByCall(call.id, ({ subject }) => ({
            change: {
              calls: [over(call)],
              items: subject.item
                ? [{ ...subject.item, state: 'PENDING', claimedBySessionId: null }]
                : [],
            },
            answer: null,
          }));
        }
      }
    });
    const agents = floors.slice(4).map(async ({ agent, queue, items }) => {
      for (let round = 0; round < 10; round += 1) {
        const some = items.filter((_, at) => (at + round) % 2 === 0);
        const answer = await handOver(agent.id, queue.id, some);
        if (answer.kind !== 'open') throw new Error('It was not opened.');
        handovers += answer.taken.size;
        expect(await both()).toBe(0);
        await campaigns.end(answer.handover.id, NOON);
      }
    });
    await Promise.all([...sessions, ...agents]);
    expect(Math.min(calls, handovers)).toBeGreaterThan(0);
  });
});
