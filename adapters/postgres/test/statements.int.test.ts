import {
  aSessionWithLeads,
  claiming,
  dialing,
  minutesAfter,
  NOON,
  newId,
  over,
} from '@outdial/testing/contracts/store-world';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../src/database.js';
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

describe('statements', () => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await onServer(4);
  });
  afterAll(() => database?.close());

  it('over the whole life of a call that nobody answers are twelve, or fourteen with a conversation', async () => {
    const { counted, statements } = counting(database.opened.db);
    const world = storeWorldOn(counted);
    const { session, items } = await aSessionWithLeads(world, 2);
    let call: Parameters<typeof dialing>[0] | undefined;
    const claimed = await statements(async () => {
      const applied = await world.store.fillLines(session.id, NOON, claiming(1));
      call = applied?.answer.claimed[0];
    });
    if (call === undefined) throw new Error('Nothing was claimed.');
    const queued = call;
    const begun = await statements(() =>
      world.store.beginPlacing(queued.id, NOON, minutesAfter(1)),
    );
    const providerCallId = newId();
    const dialed = { ...dialing(queued), providerCallId };
    const changed = await statements(() =>
      world.store.changeByCall(queued.id, (scene) => ({
        change: { session: { ...scene.session, wakeAt: null }, calls: [dialed] },
        answer: null,
      })),
    );
    const learntNothing = await statements(() =>
      world.store.changeByCall(queued.id, () => ({ change: {}, answer: null })),
    );
    const ended = await statements(() =>
      world.store.changeByCall(queued.id, (scene) => ({
        change: {
          session: scene.session,
          calls: [over(queued, { providerCallId })],
          items: scene.subject.item
            ? [{ ...scene.subject.item, state: 'DONE', claimedBySessionId: null }]
            : [],
          suppress: [{ phone: queued.phone, reason: 'asked', source: 'agent' }],
        },
        answer: null,
      })),
    );
    const synced = await statements(async () => {
      await world.crm.claim(queued.id, minutesAfter(1), minutesAfter(2));
      await world.crm.synced(
        queued.id,
        { revision: 1, activityId: 'A', contactExternalId: 'C' },
        minutesAfter(1),
      );
    });
    expect({ claimed, begun, changed, learntNothing, ended, synced }).toEqual({
      claimed: 3,
      begun: 1,
      changed: 2,
      learntNothing: 1,
      ended: 2,
      synced: 2,
    });
    // Placed, ringing, (answered,) ended: a change each.
    expect(claimed + begun + 3 * changed + synced).toBe(12);
    expect(claimed + begun + 4 * changed + synced).toBe(14);
    expect(items).toHaveLength(2);
  });

  it('of a claim do not grow with what it takes; one more tells why it got less', async () => {
    const { counted, statements } = counting(database.opened.db);
    const world = storeWorldOn(counted);
    const { session } = await aSessionWithLeads(world, 60);
    const fill = (take: number) =>
      statements(() => world.store.fillLines(session.id, NOON, claiming(take)));
    expect(await fill(50)).toBe(3);
    expect(await fill(0)).toBe(1);
    expect(await fill(20)).toBe(4);
    expect(await fill(1)).toBe(3);
  });
});
