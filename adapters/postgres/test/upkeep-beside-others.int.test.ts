import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createReconciliationStore, createRetention } from '../src/index.js';
import { type MigratedDatabase, onServer } from './migrated-database.js';
import { minutes, NOW, salesFloor } from './sales-floor.js';

// A server only: what others hold takes two connections.
let database: MigratedDatabase;
beforeEach(async () => {
  database = await onServer();
});
afterEach(() => database?.close());

it('old calls are deleted although somebody counts in the same rows in another order', async () => {
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
      sql`update call_counts set talk_seconds = talk_seconds + 0 where bucket <= ${at} and bucket > ${at}::timestamptz - interval '15 minutes'`.execute(
        other,
      );
    await count(late);
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(other);
    const deleting = createRetention(db).deleteOld({
      providerEventsBefore: null,
      importsBefore: null,
      callsBefore: NOW,
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
  const { rows } = await sql`select from call_counts`.execute(db);
  expect(rows).toEqual([]);
}, 30_000);

it('a claimed item that somebody else is just changing is not given back, and not waited for', async () => {
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
  const giveBack = () => reconciliation.giveBackItems(NOW, minutes(10), 100);
  await db.transaction().execute(async (other) => {
    await sql`select from queue_items where id = ${item} for update`.execute(other);
    expect(await giveBack()).toEqual([]);
  });
  expect(await giveBack()).toEqual([{ itemId: item, queueId }]);
}, 30_000);
