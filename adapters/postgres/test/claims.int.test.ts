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
  over,
  type StoreWorld,
} from '@outdial/testing/contracts/store-world';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MigratedDatabase, onServer } from './migrated-database.js';
import { storeWorldOn } from './store-world.js';

/** What only a server with many connections can show. */
describe('claims on a server', () => {
  let database: MigratedDatabase;
  let world: StoreWorld;
  beforeAll(async () => {
    database = await onServer(24);
    world = storeWorldOn(database.opened.db);
  });
  afterAll(() => database?.close());

  const claim = async (sessionId: string, take: number, node = world.store) => {
    const applied = await node.fillLines(sessionId, NOON, claiming(take));
    if (applied === null) throw new Error('The session is not there.');
    return applied.answer;
  };

  it.each(['queue_items', 'leads'] as const)(
    'claims skip a locked row of %s, and report that it is there',
    async (table) => {
      const { session, leads, items } = await aSessionWithLeads(world, 2);
      const held = (table === 'leads' ? leads : items)[0];
      await database.opened.db.transaction().execute(async (transaction) => {
        await sql`select from ${sql.table(table)} where id = ${held?.id} for update`.execute(
          transaction,
        );
        expect(await claim(session.id, 2)).toMatchObject({
          claimed: [{ leadId: leads[1]?.id }],
          outlook: { blocked: true, nextDueAt: null },
        });
      });
      expect((await claim(session.id, 1)).claimed).toMatchObject([{ leadId: leads[0]?.id }]);
    },
  );

  it('claims on a server begin no call on a clearance that a call which ended meanwhile made wrong: the item is judged again', async () => {
    const { session, calls } = await aSessionWithCalls(world, 1, 1);
    const earlier = first(calls);
    await world.store.changeByCall(earlier.id, ({ subject: { item } }) => ({
      change: {
        calls: [over(earlier, { dialedAt: NOON, endedAt: minutesAfter(1) })],
        items: item === null ? [] : [{ ...item, claimedBySessionId: null, state: 'PENDING' }],
      },
      answer: null,
    }));
    const claims = claiming(1);
    const known: (Date | null)[] = [];
    const applied = await world.store.fillLines(session.id, minutesAfter(2), {
      ...claims,
      assess: (candidate, scene) => {
        const judgement = claims.assess(candidate, scene);
        if (judgement.kind === 'hold') return judgement;
        // The first time as a snapshot from before the other call's end would have it.
        const lastEndedAt = known.length === 0 ? null : (candidate.calls[0]?.endedAt ?? null);
        known.push(lastEndedAt);
        const contact = {
          gapSeconds: 0,
          callsPerDay: 3,
          callsToday: 0,
          lastEndedAt,
          zones: ['America/Denver'],
          promised: false,
        };
        const clearance = { ...judgement.call.clearance, contact };
        return { kind: 'call', call: { ...judgement.call, clearance } };
      },
      conclude: (_, claimed) => ({ change: { calls: claimed.map(dialing) }, answer: claimed }),
    });
    expect(known).toEqual([null, minutesAfter(1)]);
    expect(await world.store.findCall(applied?.answer[0]?.id ?? '')).toMatchObject({
      state: 'DIALING',
      clearance: { contact: { lastEndedAt: minutesAfter(1) } },
    });
  });

  it('claims on a server of many sessions that come and go call every lead of shared queues exactly as often as they may', async () => {
    const leads = Array.from({ length: 120 }, () => aLead());
    const queues = Array.from({ length: 4 }, () => aQueue());
    const agents = Array.from({ length: 16 }, () => anAgent());
    await world.add({
      agents,
      queues,
      leads,
      items: queues.flatMap((queue) =>
        leads.map((lead, position) => anItem(queue.id, lead.id, { position })),
      ),
    });
    const live = new Set<string>();
    let placed = 0;
    await Promise.all(
      agents.map(async (agent, n) => {
        const session = aSession(agent.id, (queues[n % 4] as (typeof queues)[0]).id);
        await world.store.createSession(session);
        const node = n % 2 ? world.store : world.otherNode;
        for (;;) {
          const { claimed, outlook } = await claim(session.id, 3, node);
          for (const call of claimed) {
            expect(live.has(call.phone)).toBe(false);
            live.add(call.phone);
            placed += 1;
          }
          if (claimed.length === 0 && !outlook.blocked) return;
          for (const call of claimed) {
            // No longer live from where this is decided, which is before anybody else can see it.
            await node.changeByCall(call.id, ({ subject }) => {
              live.delete(call.phone);
              return {
                change: {
                  calls: [over(call)],
                  items: subject.item
                    ? [{ ...subject.item, state: 'DONE', claimedBySessionId: null, attempts: 1 }]
                    : [],
                },
                answer: null,
              };
            });
          }
        }
      }),
    );
    // Once for each queue that has the lead.
    expect(placed).toBe(480);
    const left = await sql<{ count: number }>`
      select count(*) as count from queue_items where state in ('PENDING', 'CLAIMED')
        and queue_id in (${sql.join(queues.map(({ id }) => id))})`.execute(database.opened.db);
    expect(left.rows).toEqual([{ count: 0 }]);
  });

  it('claims on a server let what has become due into its place, on two nodes at once', async () => {
    const { session, queue, items, leads } = await aSessionWithLeads(world, 40);
    await sql`update queue_items set ready = false, due_at = ${minutesAfter(-1)}
      where queue_id = ${queue.id}`.execute(database.opened.db);
    const agent = anAgent();
    await world.add({ agents: [agent] });
    const second = aSession(agent.id, queue.id);
    await world.store.createSession(second);
    const claims = await Promise.all([claim(session.id, 5), claim(second.id, 5, world.otherNode)]);
    const claimed = claims.flatMap((answer) => answer.claimed.map((call) => call.leadId));
    expect(new Set(claimed).size).toBe(claimed.length);
    for (const { claimed: some, outlook } of claims) {
      expect(some.length === 5 || outlook.blocked).toBe(true);
    }
    const rest = await claim(session.id, 40);
    expect(claimed.length + rest.claimed.length).toBe(items.length);
    expect(new Set(leads.map(({ id }) => id))).toEqual(
      new Set([...claimed, ...rest.claimed.map((call) => call.leadId)]),
    );
  });
});
