import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createInboxViews } from '../src/index.js';
import { type MigratedDatabase, onServer } from './migrated-database.js';

let database: MigratedDatabase;
beforeAll(async () => {
  // One connection, so that what is set and counted below holds for all statements.
  database = await onServer(1);
});
afterAll(() => database?.close());

it('are read without walking through all calls and events that there ever were', async () => {
  const { db } = database.opened;
  const walks = async (): Promise<unknown> => {
    await sql`select pg_stat_force_next_flush()`.execute(db);
    const { rows } = await sql<{ relname: string; seq_scan: number }>`
      select relname, seq_scan from pg_stat_user_tables
      where relname in ('calls', 'provider_events') order by relname`.execute(db);
    return rows;
  };
  // In an empty table a walk would be the quickest way; where there is no other, it is still taken.
  await sql`set enable_seqscan = off`.execute(db);
  const before = await walks();
  const gauges = await createInboxViews(db).gauges(new Date('2026-11-20T12:00:00.000Z'));
  expect(gauges.inbox).toEqual({ pending: 0, dead: 0, lagSeconds: 0 });
  expect(await walks()).toEqual(before);
  // The count counts: this one has no index to go by.
  await sql`select count(*) from calls where reason = 'x'`.execute(db);
  expect(await walks()).not.toEqual(before);
});
