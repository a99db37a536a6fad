import type { ProviderEvent, ProviderInbox } from '@outdial/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database, ProviderEventsTable } from './database.js';
import { toJson } from './to-json.js';

/** Provider events on PostgreSQL; each method is one statement. */
export function createProviderInbox(db: Kysely<Database>): ProviderInbox {
  return {
    async store(event) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('provider_events')
        .values({
          id: event.id,
          provider: event.provider,
          dedupe_key: event.dedupeKey,
          payload: toJson(event.payload),
          received_at: event.receivedAt,
          state: 'PENDING',
          due_at: event.receivedAt,
        })
        .onConflict((conflict) => conflict.columns(['provider', 'dedupe_key']).doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n ? 'stored' : 'duplicate';
    },

    async find(eventId) {
      const row = await db
        .selectFrom('provider_events')
        .selectAll()
        .where('id', '=', eventId)
        .executeTakeFirst();
      return row === undefined ? null : eventFromRow(row);
    },

    async settle(eventId, as, note, callId) {
      await db
        .updateTable('provider_events')
        .set({ state: as, note, call_id: callId, due_at: null })
        .where('id', '=', eventId)
        .execute();
    },

    async failed(eventId, error, dueAt) {
      await db
        .updateTable('provider_events')
        .set({
          state: dueAt === null ? 'DEAD' : 'PENDING',
          note: error,
          due_at: dueAt,
          attempts: sql`attempts + 1`,
        })
        .where('id', '=', eventId)
        .execute();
    },
  };
}

const eventFromRow = (row: Selectable<ProviderEventsTable>): ProviderEvent => ({
  id: row.id,
  provider: row.provider,
  dedupeKey: row.dedupe_key,
  payload: row.payload,
  receivedAt: row.received_at,
  state: row.state,
  attempts: row.attempts,
  note: row.note,
  callId: row.call_id,
});
