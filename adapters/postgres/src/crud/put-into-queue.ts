import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.js';

export interface NewItem {
  readonly id: string;
  readonly leadId: string;
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
 * New items for leads that the queue does not have yet, in one statement; answers the state of each new item by lead id.
 * Leads that are there already, or are no leads, are missing from the answer. A suppressed number is put in as SUPPRESSED,
 * so that people see why it is not called.
 */
export async function putIntoQueue(
  tx: Kysely<Database>,
  items: readonly NewItem[],
  options: PutOptions,
): Promise<ReadonlyMap<string, { readonly itemId: string; readonly suppressed: boolean }>> {
  if (items.length === 0) return new Map();
  const { rows } = await sql<{ id: string; lead_id: string; suppressed: boolean }>`
    with given as (
      select * from unnest(
        ${items.map((item) => item.id)}::uuid[],
        ${items.map((item) => item.leadId)}::uuid[],
        ${items.map((item) => item.position)}::integer[]
      ) as given (id, lead_id, position)
    ), known as (
      -- Locked against deletion, which would fail the whole statement by its foreign key.
      select id, phone, score from leads where id in (select lead_id from given) order by id for key share
    )
    insert into queue_items (id, queue_id, lead_id, phone, state, priority, score, due_at, created_at, position)
    select given.id, ${options.queueId}::uuid, known.id, known.phone,
      case when suppressions.phone is null then 'PENDING' else 'SUPPRESSED' end,
      ${options.priority ?? 0}::integer, known.score, ${options.dueAt ?? options.now}::timestamptz,
      ${options.now}::timestamptz, given.position
    from given
    join known on known.id = given.lead_id
    left join suppressions on suppressions.phone = known.phone
    order by known.id
    on conflict (queue_id, lead_id) do nothing
    returning id, lead_id, state = 'SUPPRESSED' as suppressed`.execute(tx);
  return new Map(rows.map((row) => [row.lead_id, { itemId: row.id, suppressed: row.suppressed }]));
}
