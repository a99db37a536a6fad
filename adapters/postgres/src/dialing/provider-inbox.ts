import {
  InboxFull,
  type NewProviderEvent,
  type ProviderEvent,
  type ProviderInbox,
} from '@outdial/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import { BatchWriter } from '../engine/batch-writer.js';
import type { Database, ProviderEventsTable } from '../engine/database.js';
import { databaseError } from '../engine/retry-lost-races.js';
import { toJson } from '../engine/to-json.js';

/** Longer statements would make the first of a group wait for the parsing of the last. */
const EVENTS_PER_STATEMENT = 200;
/** Events that wait to be stored, at most: some seconds of a burst. Their payloads are in memory twice. */
const WAITING_AT_MOST = { events: 20_000, characters: 32 * 1024 * 1024 };
/** Events that were stored and are not looked at yet, at most; the others are read again. */
const REMEMBERED_AT_MOST = { events: 20_000, characters: 16 * 1024 * 1024 };
/** Of one call, at a time. */
const UNTRIED_AT_MOST = 100;

export interface ProviderInboxOptions {
  readonly waitingAtMost?: { readonly events: number; readonly characters: number };
}

/**
 * Provider events on PostgreSQL. Storing is one INSERT for all that come while another one is under way, settling
 * likewise; the first look at an event that this process stored needs no statement.
 */
export function createProviderInbox(
  db: Kysely<Database>,
  { waitingAtMost = WAITING_AT_MOST }: ProviderInboxOptions = {},
): ProviderInbox {
  const waiting = { events: 0, characters: 0 };
  /**
   * Only until the first look. What is remembered may be outdated, as another node's sweeper may have been at it: applying an
   * event again changes nothing, because facts are merged, and only what is PENDING is settled.
   */
  const remembered = new LRUCache<string, ProviderEvent>({
    max: REMEMBERED_AT_MOST.events,
    maxSize: REMEMBERED_AT_MOST.characters,
  });
  const store = new BatchWriter<EventToStore, 'stored' | 'duplicate'>({
    write: (events) => insertEvents(db, events),
    isAboutItems: isAboutValues,
    atMost: EVENTS_PER_STATEMENT,
  });
  const settle = new BatchWriter<Settlement, undefined>({
    write: (settlements) => settleEvents(db, settlements),
    isAboutItems: isAboutValues,
    atMost: EVENTS_PER_STATEMENT,
  });

  return {
    async store(event) {
      const payload = toJson(event.payload);
      if (
        waiting.events >= waitingAtMost.events ||
        waiting.characters + payload.length > waitingAtMost.characters
      ) {
        throw new InboxFull();
      }
      waiting.events += 1;
      waiting.characters += payload.length;
      try {
        const stored = await store.add({ ...event, payload });
        if (stored === 'stored' && event.ignoredBecause === null) {
          const { ignoredBecause: _, ...rest } = event;
          const size = payload.length;
          remembered.set(event.id, { ...rest, ...UNTOUCHED }, { size });
        }
        return stored;
      } finally {
        waiting.events -= 1;
        waiting.characters -= payload.length;
      }
    },

    async find(eventId) {
      const known = remembered.get(eventId);
      if (known !== undefined) {
        remembered.delete(eventId);
        return known;
      }
      const row = await db
        .selectFrom('provider_events')
        .selectAll()
        .where('id', '=', eventId)
        .executeTakeFirst();
      return row === undefined ? null : providerEventFromRow(row);
    },

    async untried(provider, callKey) {
      const rows = await db
        .selectFrom('provider_events')
        .selectAll()
        .where('provider', '=', provider)
        .where('call_key', '=', callKey)
        .where('state', '=', 'PENDING')
        .where('attempts', '=', 0)
        .orderBy('received_at')
        .orderBy('id')
        .limit(UNTRIED_AT_MOST)
        .execute();
      return rows.map(providerEventFromRow);
    },

    async settle(eventIds, as, note) {
      await Promise.all(eventIds.map((id) => settle.add({ id, state: as, note })));
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
        .where('state', '=', 'PENDING')
        .execute();
    },
  };
}

const UNTOUCHED = { state: 'PENDING', attempts: 0, note: null, callId: null } as const;

type EventToStore = Omit<NewProviderEvent, 'payload'> & { readonly payload: string };

interface Settlement {
  readonly id: string;
  readonly state: 'PROCESSED' | 'IGNORED';
  readonly note: string | null;
}

/** Of doubles among them, the first is stored. */
async function insertEvents(
  db: Kysely<Database>,
  events: readonly EventToStore[],
): Promise<('stored' | 'duplicate')[]> {
  const { rows } = await sql<{ id: string }>`
    insert into provider_events (id, provider, dedupe_key, call_key, payload, received_at, state, note, due_at)
    select r.id, r.provider, r.dedupe_key, r.call_key, coalesce(r.payload, 'null'), r.received_at,
      case when r.note is null then 'PENDING' else 'IGNORED' end, r.note,
      case when r.note is null then r.received_at end
    from json_to_recordset(${recordsOf(events)}::json) as r (
      id uuid, provider text, dedupe_key text, call_key text, payload jsonb, received_at timestamptz, note text
    )
    on conflict (provider, dedupe_key) do nothing
    returning id
  `.execute(db);
  const stored = new Set(rows.map(({ id }) => id));
  return events.map(({ id }) => (stored.has(id) ? 'stored' : 'duplicate'));
}

/** The payload is JSON text already. */
function recordsOf(events: readonly EventToStore[]): string {
  const records = events.map(({ payload, ...event }) => {
    const head = toJson({
      id: event.id,
      provider: event.provider,
      dedupe_key: event.dedupeKey,
      call_key: event.callKey,
      received_at: event.receivedAt,
      note: event.ignoredBecause,
    });
    return `${head.slice(0, -1)},"payload":${payload}}`;
  });
  return `[${records.join(',')}]`;
}

async function settleEvents(
  db: Kysely<Database>,
  settlements: readonly Settlement[],
): Promise<undefined[]> {
  await sql`
    update provider_events e set state = r.state, note = r.note, due_at = null
    from (
      select * from json_to_recordset(${toJson(settlements)}::json) as r (id uuid, state text, note text)
      limit ${sql.lit(settlements.length)}
    ) r
    where e.id = r.id and e.state = 'PENDING'
  `.execute(db);
  return settlements.map(() => undefined);
}

/** "Data exception", "integrity constraint violation" and "program limit exceeded": the same again would fail again. */
const isAboutValues = (error: unknown): boolean =>
  /^(22|23|54)/.test(databaseError(error).code ?? '');

export const providerEventFromRow = (row: Selectable<ProviderEventsTable>): ProviderEvent => ({
  id: row.id,
  provider: row.provider,
  dedupeKey: row.dedupe_key,
  callKey: row.call_key,
  payload: row.payload,
  receivedAt: row.received_at,
  state: row.state,
  attempts: row.attempts,
  note: row.note,
  callId: row.call_id,
});
