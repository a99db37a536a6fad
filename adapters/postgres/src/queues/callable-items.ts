import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../engine/database.js';
import { handedOver } from './campaign-reservation.js';

/**
 * What a claim could take at `now`, as conditions on `queue_items`: waiting, due, not suppressed, its number not handed
 * over and on no live call (P1), its lead not claimed (P2). For looking only; the claim decides by itself, under its locks.
 *
 * `offset 0` as in the claim: joined instead, 100,000 items were read and sorted to find the next ten (0.7 s; now 20 ms), and
 * counting them took three times as long.
 */
export const isCallable = (now: Date): RawBuilder<boolean> => sql<boolean>`
  (queue_items.state = 'PENDING'
  and queue_items.due_at <= ${now}
  and not exists (select from suppressions where suppressions.phone = queue_items.phone offset 0)
  and not exists (${handedOver(sql`queue_items.phone`)} offset 0)
  and not exists (
    select from calls where calls.phone = queue_items.phone and calls.state <> 'COMPLETED' offset 0)
  and not exists (
    select from queue_items elsewhere
    where elsewhere.lead_id = queue_items.lead_id and elsewhere.state = 'CLAIMED' offset 0))`;

/**
 * The ids of the first `limit` items of a queue that a claim could take at `now`, in the order of the claim: callbacks,
 * priority, score, due time, age. The two halves are there for the index queue_items_claim, which has that order and holds
 * only items that are `ready`; those that became due since the last claim are few, and found by their due time.
 */
export async function nextCallable(
  db: Kysely<Database>,
  queue: {
    readonly queueId: string;
    readonly now: Date;
    readonly limit: number;
    /** A further condition on `queue_items`. */
    readonly where?: RawBuilder<boolean>;
  },
): Promise<readonly { readonly id: string; readonly leadId: string }[]> {
  const first = (ready: RawBuilder<boolean>) => sql`
    (select * from queue_items
    where queue_id = ${queue.queueId} and ${ready} and ${isCallable(queue.now)} and ${queue.where ?? sql`true`}
    order by ${claimOrder} limit ${queue.limit})`;
  const { rows } = await sql<{ id: string; leadId: string }>`
    select id, lead_id as "leadId"
    from (${first(sql`ready`)} union all ${first(sql`not ready`)}) queue_items
    order by ${claimOrder} limit ${queue.limit}`.execute(db);
  return rows;
}

const claimOrder: RawBuilder<unknown> = sql`
  queue_items.callback desc, queue_items.priority desc, queue_items.score desc, queue_items.due_at,
  queue_items.created_at, queue_items.position, queue_items.id`;
