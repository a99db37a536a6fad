import { type Kysely, sql } from 'kysely';
import { contactHold, stopOf } from '../dialing/contact-hold.js';
import type { Database } from '../engine/database.js';

/** What a queue item takes from its lead. */
export interface LeadOfItem {
  readonly leadId: string;
  readonly phone: string;
  readonly score: number;
}

export interface NewItem extends LeadOfItem {
  readonly id: string;
  /** Breaks ties between items of the same `now`. */
  readonly position: number;
}

export interface PutOptions {
  readonly queueId: string;
  readonly priority?: number | undefined;
  readonly dueAt?: Date | undefined;
  readonly now: Date;
}

/**
 * The leads as they are, by id, locked against deletion and against a change of number: a queue item for a lead that is
 * being deleted would fail the whole statement by its foreign key.
 */
export async function lockLeads(
  tx: Kysely<Database>,
  leadIds: readonly string[],
): Promise<ReadonlyMap<string, LeadOfItem>> {
  const { rows } = await sql<LeadOfItem>`
    select id as "leadId", phone, score from leads
    where id = any(${[...leadIds]}::uuid[]) order by id for key share`.execute(tx);
  return new Map(rows.map((row) => [row.leadId, row]));
}

export interface PutItem {
  readonly itemId: string;
  /** SUPPRESSED: a number of theirs must not be called; DONE: they said on a call that they want no more calls. */
  readonly state: 'PENDING' | 'SUPPRESSED' | 'DONE';
}

/**
 * New items for leads that the queue does not have yet, in one statement; answers the new items by lead id, so that leads
 * that are there already are missing. A lead who may not be called is put in as SUPPRESSED or DONE, so that people see why they are
 * not called. The leads' columns are handed in rather than joined, which halves the time of an import (100,000 rows).
 */
export async function putIntoQueue(
  tx: Kysely<Database>,
  items: readonly NewItem[],
  options: PutOptions,
): Promise<ReadonlyMap<string, PutItem>> {
  if (items.length === 0) return new Map();
  const { rows } = await sql<{ id: string; lead_id: string; state: PutItem['state'] }>`
    insert into queue_items
      (id, queue_id, lead_id, phone, state, priority, score, due_at, created_at, position, stopped_by_call_id, held_reason)
    select given.id, ${options.queueId}::uuid, given.lead_id, given.phone,
      coalesce(given.hold, 'PENDING'),
      ${options.priority ?? 0}::integer, given.score, ${options.dueAt ?? options.now}::timestamptz,
      ${options.now}::timestamptz, given.position, stop.call_id, stop.reason
    from (
      select given.*, ${contactHold(sql`given.lead_id`, sql`given.phone`)} as hold
      from unnest(
        ${items.map((item) => item.id)}::uuid[],
        ${items.map((item) => item.leadId)}::uuid[],
        ${items.map((item) => item.phone)}::text[],
        ${items.map((item) => item.score)}::integer[],
        ${items.map((item) => item.position)}::integer[]
      ) as given (id, lead_id, phone, score, position)
      offset 0
    ) given
    left join lateral (${stopOf(sql`given.lead_id`, sql`given.phone`, sql`given.hold`)}) stop on true
    order by given.lead_id
    on conflict (queue_id, lead_id) do nothing
    returning id, lead_id, state`.execute(tx);
  return new Map(rows.map((row) => [row.lead_id, { itemId: row.id, state: row.state }]));
}
