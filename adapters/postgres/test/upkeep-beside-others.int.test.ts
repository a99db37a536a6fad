import type { QueuedCall } from '@outdial/core';
import { claiming, over } from '@outdial/testing/contracts/store-world';
import { type Kysely, sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  addUpCounts,
  createDialerStore,
  createQueueStore,
  createReconciliationStore,
  createRetention,
  createSuppressionStore,
  type Database,
} from '../src/index.js';
import { type MigratedDatabase, onServer } from './migrated-database.js';
import { minutes, NOW, salesFloor } from './sales-floor.js';

// A server only: what others hold takes two connections.
let database: MigratedDatabase;
beforeEach(async () => {
  database = await onServer();
});
afterEach(() => database?.close());

it('old calls are deleted although another transaction counts in the same rows in another order', async () => {
  const { db } = database.opened;
  const floor = salesFloor(db);
  const queueId = await floor.queue('Spring');
  const agentId = await floor.agent('Rita Rep');
  const session = await floor.session(agentId, queueId, { status: 'STOPPED' });
  const [early, late] = [minutes(-10_000), minutes(-9_000)];
  for (const [n, at] of [early, late].entries()) {
    const lead = await floor.lead(`Lead ${n}`, n);
    await floor.endedCall(session, lead, 'BUSY', { queued_at: at, ended_at: at });
  }
  const deletion = await db.transaction().execute(async (other) => {
    const count = (at: Date) =>
      sql`update practice_call_counts set talk_seconds = talk_seconds + 0 where bucket <= ${at} and bucket > ${at}::timestamptz - interval '15 minutes'`.execute(
        other,
      );
    await count(late);
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(other);
    const deleting = createRetention(db).deleteOld({
      providerEventsBefore: null,
      importsBefore: null,
      callsBefore: NOW,
      outsideCallsBefore: null,
      waitsOverBefore: null,
    });
    await expect
      .poll(
        async () => {
          const { rows: waiting } = await sql`
            select from pg_stat_activity where ${rows[0]?.pid}::integer = any(pg_blocking_pids(pid))`.execute(
            db,
          );
          return waiting.length;
        },
        { timeout: 10_000 },
      )
      .toBe(1);
    // Each now waits for the other; the database sends away who waited first.
    await count(early);
    return { deleting };
  });
  expect(await deletion.deleting).toMatchObject({ calls: 2 });
  const { rows } = await sql`select from practice_call_counts`.execute(db);
  expect(rows).toEqual([]);
}, 30_000);

it('calls of one outcome end without waiting for each other’s commit', async () => {
  const { db } = database.opened;
  const floor = salesFloor(db);
  const queueId = await floor.queue('Spring');
  const ringing = async (n: number) => {
    const session = await floor.session(await floor.agent(`Agent ${n}`), queueId);
    await floor.item(queueId, await floor.lead(`Lead ${n}`, n));
    const [call] =
      (await createDialerStore(db).fillLines(session, NOW, claiming(1)))?.answer.claimed ?? [];
    if (call === undefined) throw new Error('Nothing was claimed.');
    return call;
  };
  const [first, second] = [await ringing(1), await ringing(2)];
  const end = (on: Kysely<Database>, call: QueuedCall) =>
    createDialerStore(on).changeByCall(call.id, () => ({
      change: { calls: [over(call, { outcome: 'BUSY' })] },
      answer: null,
    }));
  await db.transaction().execute(async (slow) => {
    await end(slow, first);
    // Before the other one is committed.
    await end(db, second);
  });
  expect(await addUpCounts(db)).toBe(2);
  const { rows } = await sql`select outcome, calls from practice_call_counts`.execute(db);
  expect(rows).toEqual([{ outcome: 'BUSY', calls: 2 }]);
}, 30_000);

it('a claimed item that another transaction is changing is not released, and not waited for', async () => {
  const { db } = database.opened;
  const floor = salesFloor(db);
  const queueId = await floor.queue('Autumn');
  const session = await floor.session(await floor.agent('Ada'), queueId);
  const lead = await floor.lead('Lead', 7);
  const item = await floor.item(queueId, lead, {
    state: 'CLAIMED',
    claimed_by_session_id: session,
  });
  const reconciliation = createReconciliationStore(db);
  const giveBack = () => reconciliation.releaseItems(NOW, minutes(10), 100);
  await db.transaction().execute(async (other) => {
    await sql`select from queue_items where id = ${item} for update`.execute(other);
    expect(await giveBack()).toEqual([]);
  });
  expect(await giveBack()).toEqual([{ itemId: item, queueId }]);
}, 30_000);

it('promised call-backs are moved to another queue although their lead is being added there', async () => {
  const { db } = database.opened;
  const floor = salesFloor(db);
  const [from, to] = [await floor.queue('Old'), await floor.queue('New')];
  const lead = await floor.lead('Lead', 8);
  await floor.item(from, lead, { callback: true, due_at: minutes(30) });
  const { archiving } = await db.transaction().execute(async (other) => {
    const added = await salesFloor(other).item(to, lead, { due_at: minutes(90) });
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(other);
    const moving = createQueueStore(db).archive(from, NOW, { kind: 'move', queueId: to });
    await waitsFor(rows[0]?.pid);
    return { archiving: { moving, added } };
  });
  expect(await archiving.moving).toEqual({ kind: 'archived', callbacks: 1 });
  const { rows } =
    await sql`select id, state, callback, due_at from queue_items where queue_id = ${to}`.execute(
      db,
    );
  expect(rows).toEqual([
    { id: archiving.added, state: 'PENDING', callback: true, due_at: minutes(30) },
  ]);
}, 30_000);

it('an agent’s share of the suppression list holds for requests that come at once, and begins anew', async () => {
  const store = createSuppressionStore(database.opened.db);
  const share = { actorId: 'agent', numbersAtMost: 5, withinMs: 60_000 };
  const add = (n: number, now = NOW, more: Partial<typeof share> = {}) =>
    store.addWithinShare([{ phone: `+1202555${n}`, reason: 'asked', source: 'person' }], now, {
      ...share,
      ...more,
    });
  const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => add(1000 + n)));
  expect(answers.filter((answer) => answer === 'over_share')).toHaveLength(7);
  expect((await store.list({}, { limit: 50 })).rows).toHaveLength(5);
  expect(await add(2000, NOW, { actorId: 'another' })).toMatchObject({ added: 1 });
  expect(await add(2000, minutes(0.99))).toBe('over_share');
  expect(await add(2000, minutes(1))).toMatchObject({ added: 0, alreadyThere: 1 });
  const both = ['+12025553001', '+12025553002'].map((phone) => ({
    phone,
    reason: 'asked',
    source: 'person' as const,
  }));
  expect(
    await store.addWithinShare(both, minutes(1), { ...share, actorId: 'third', numbersAtMost: 1 }),
  ).toBe('over_share');
}, 30_000);

/** Until one connection waits for what `pid` holds. */
const waitsFor = (pid: number | undefined) =>
  expect
    .poll(
      async () => {
        const { rows } = await sql`
          select from pg_stat_activity where ${pid}::integer = any(pg_blocking_pids(pid))`.execute(
          database.opened.db,
        );
        return rows.length;
      },
      { timeout: 10_000 },
    )
    .toBe(1);
