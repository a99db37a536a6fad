import type { NewProviderEvent, QueuedCall } from '@outdial/core';
import {
  aSessionWithLeads,
  claiming,
  dialing,
  minutesAfter,
  NOON,
  newId,
  over,
} from '@outdial/testing/contracts/store-world';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../src/engine/database.js';
import { type MigratedDatabase, onServer } from './migrated-database.js';
import { storeWorldOn } from './store-world.js';

/** Counts what goes to the database; begin and commit are not in it. */
function counting(db: Kysely<Database>) {
  let count = 0;
  const counted = db.withPlugin({
    transformQuery({ node }) {
      count += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const statements = async (work: () => Promise<unknown>): Promise<number> => {
    const before = count;
    await work();
    return count - before;
  };
  return { counted, statements };
}

const anEvent = (callKey: string): NewProviderEvent => ({
  id: newId(),
  provider: 'simulator',
  dedupeKey: newId(),
  callKey,
  payload: { event: 'call.ended' },
  receivedAt: NOON,
  ignoredBecause: null,
});

describe('statements', () => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await onServer(4);
  });
  afterAll(() => database?.close());

  it('the statements over the life of a call are ten without an answer, or twelve with a conversation, beside the CRM’s own', async () => {
    const { counted, statements } = counting(database.opened.db);
    const world = storeWorldOn(counted);
    const { session } = await aSessionWithLeads(world, 3);
    const claim = () => world.store.fillLines(session.id, NOON, claiming(1));
    // The session's first: it is read, and a look goes to items whose time has come, once a second.
    expect(await statements(claim)).toBe(4);
    let queued: QueuedCall | undefined;
    const claimed = await statements(async () => {
      queued = (await claim())?.answer.claimed[0];
    });
    if (queued === undefined) throw new Error('Nothing was claimed.');
    const call = queued;
    const begun = await statements(() => world.store.beginPlacing(call.id, NOON, minutesAfter(1)));
    const providerCallId = newId();
    const dialed = { ...dialing(call), providerCallId };
    const answered = await statements(() =>
      world.store.changeByCall(call.id, () => ({ change: { calls: [dialed] }, answer: null })),
    );
    const stored = await statements(() => world.inbox.store(anEvent(providerCallId)));
    const applied = await statements(() =>
      world.store.changeByProviderCall('simulator', providerCallId, (scene) => ({
        change: { session: { ...scene.session, wakeAt: null } },
        answer: null,
      })),
    );
    const onArrival = await statements(() =>
      world.store.changeOnArrival(anEvent(providerCallId), { providerCallId }, (scene) => ({
        change: { session: { ...scene.session, wakeAt: null } },
        answer: null,
      })),
    );
    const ended = await statements(() =>
      world.store.changeByProviderCall('simulator', providerCallId, (scene) => ({
        change: {
          session: scene.session,
          calls: [over(call, { providerCallId })],
          items: scene.subject.item
            ? [{ ...scene.subject.item, state: 'DONE', claimedBySessionId: null }]
            : [],
        },
        answer: null,
      })),
    );
    const synced = await statements(async () => {
      await world.crm.claim(call.id, minutesAfter(1), minutesAfter(2));
      await world.crm.synced(
        call.id,
        { revision: 1, activityId: 'A', contactExternalId: 'C' },
        minutesAfter(1),
      );
    });
    const alarmOfOld = await statements(async () => world.store.isKnownToBeOver(call.id));
    expect({
      claimed,
      begun,
      answered,
      stored,
      applied,
      onArrival,
      ended,
      synced,
      alarmOfOld,
    }).toEqual({
      claimed: 2,
      begun: 1,
      answered: 1,
      stored: 1,
      applied: 1,
      onArrival: 1,
      ended: 1,
      synced: 2,
      alarmOfOld: 0,
    });
    // Ringing and ended, or answered between them: each is stored and applied.
    const without = claimed + begun + answered + synced;
    expect(without + 2 * (stored + applied)).toBe(10);
    expect(without + 3 * (stored + applied)).toBe(12);
  });

  it('statements of a decision to do nothing is one: it is made anew on what is read', async () => {
    const { counted, statements } = counting(database.opened.db);
    const world = storeWorldOn(counted);
    const { session } = await aSessionWithLeads(world, 2);
    const nothing = () =>
      world.store.changeSession(session.id, () => ({ change: {}, answer: null }));
    expect(await statements(nothing)).toBe(1);
    expect(await statements(nothing)).toBe(1);
  });

  it('statements of a claim do not grow with what it takes; two more tell why it got less', async () => {
    const { counted, statements } = counting(database.opened.db);
    const world = storeWorldOn(counted);
    const { session } = await aSessionWithLeads(world, 60);
    const fill = (take: number) =>
      statements(() => world.store.fillLines(session.id, NOON, claiming(take)));
    expect(await fill(50)).toBe(4);
    expect(await fill(9)).toBe(2);
    expect(await fill(20)).toBeLessThanOrEqual(6);
  });

  it('statements of a claim are planned once: what the planner makes of a longer queue does not make it plan each of them', async () => {
    const one = await onServer(1);
    try {
      const { dialing } = one.opened;
      const world = storeWorldOn(dialing);
      const { session } = await aSessionWithLeads(world, 4_000);
      await sql`analyze`.execute(dialing);
      for (let n = 0; n < 20; n += 1) await world.store.fillLines(session.id, NOON, claiming(1));
      const { rows } = await sql<{ custom: number; generic: number }>`
        select custom_plans as custom, generic_plans as generic from pg_prepared_statements
        where statement like '%picked as materialized%'`.execute(dialing);
      expect(rows).toHaveLength(1);
      // The server tries plans for given values five times before it keeps one for all.
      expect(rows[0]?.custom).toBe(5);
      expect(rows[0]?.generic).toBeGreaterThan(5);
    } finally {
      await one.close();
    }
  });
});
