import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.js';

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

/**
 * New items for leads that the queue does not have yet, in one statement; answers the new items by lead id, so that leads
 * that are there already are missing. A suppressed number is put in as SUPPRESSED, so that people see why it is not
 * called. The leads' columns are handed in rather than joined, which halves the time of an import (100,000 rows).
 */
export async function putIntoQueue(
  tx: Kysely<Database>,
  items: readonly NewItem[],
  options: PutOptions,
): Promise<ReadonlyMap<string, { readonly itemId: string; readonly suppressed: boolean }>> {
  if (items.length === 0) return new Map();
  const { rows } = await sql<{ id: string; lead_id: string; suppressed: boolean }>`
    insert into queue_items
      (id, queue_id, lead_id, phone, state, priority, score, due_at, created_at, position)
    select given.id, ${options.queueId}::uuid, given.lead_id, given.phone,
      case when suppressions.phone is null then 'PENDING' else 'SUPPRESSED' end,
      ${options.priority ?? 0}::integer, given.score, ${options.dueAt ?? options.now}::timestamptz,
      ${options.now}::timestamptz, given.position
    from unnest(
      ${items.map((item) => item.id)}::uuid[],
      ${items.map((item) => item.leadId)}::uuid[],
      ${items.map((item) => item.phone)}::text[],
      ${items.map((item) => item.score)}::integer[],
      ${items.map((item) => item.position)}::integer[]
    ) as given (id, lead_id, phone, score, position)
    left join suppressions on suppressions.phone = given.phone
    order by given.lead_id
    on conflict (queue_id, lead_id) do nothing
    returning id, lead_id, state = 'SUPPRESSED' as suppressed`.execute(tx);
  return new Map(rows.map((row) => [row.lead_id, { itemId: row.id, suppressed: row.suppressed }]));
}
