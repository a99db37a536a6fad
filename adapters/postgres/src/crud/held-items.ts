import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.js';

/** A lead that may be handed over to somebody else's dialer. */
export interface HoldableItem {
  readonly id: string;
  readonly leadId: string;
  readonly leadName: string;
  readonly phone: string;
  readonly timeZone: string | null;
}

export interface HeldItemStore {
  /** What a claim could take now, in its order. */
  callable(queueId: string, now: Date, limit: number): Promise<readonly HoldableItem[]>;
  /** Keeps waiting items from being claimed before `until`, with the reason that people see. Tells which it got. */
  hold(itemIds: readonly string[], until: Date, reason: string): Promise<readonly string[]>;
  /** Items of a queue that are held for this reason. */
  heldFor(queueId: string, reason: string): Promise<readonly HoldableItem[]>;
  /** Lets them go: due now, so that the next claim judges them anew. `queueId` null: in every queue. */
  release(queueId: string | null, now: Date, except?: readonly string[]): Promise<number>;
  /** Ends held items whose leads somebody else has called. */
  finish(itemIds: readonly string[]): Promise<void>;
}

/** Queue items that wait for a reason other than their retry rule: calling hours, a hand-over. */
export function createHeldItemStore(db: Kysely<Database>): HeldItemStore {
  const columns = sql`queue_items.id, leads.id as "leadId", leads.name as "leadName", leads.phone, leads.time_zone as "timeZone"`;

  return {
    async callable(queueId, now, limit) {
      const { rows } = await sql<HoldableItem>`
        select ${columns} from queue_items join leads on leads.id = queue_items.lead_id
        where queue_items.queue_id = ${queueId} and queue_items.state = 'PENDING' and queue_items.due_at <= ${now}
          and not exists (select 1 from suppressions where suppressions.phone = queue_items.phone)
          and not exists (select 1 from calls where calls.phone = queue_items.phone and calls.state <> 'COMPLETED')
        order by queue_items.callback desc, queue_items.priority desc, queue_items.score desc, queue_items.due_at,
          queue_items.created_at, queue_items.position
        limit ${limit}`.execute(db);
      return rows;
    },

    async hold(itemIds, until, reason) {
      if (itemIds.length === 0) return [];
      const rows = await db
        .updateTable('queue_items')
        .set({ due_at: until, held_reason: reason })
        .where('id', 'in', [...itemIds])
        .where('state', '=', 'PENDING')
        .returning('id')
        .execute();
      return rows.map(({ id }) => id);
    },

    async heldFor(queueId, reason) {
      const { rows } = await sql<HoldableItem>`
        select ${columns} from queue_items join leads on leads.id = queue_items.lead_id
        where queue_items.queue_id = ${queueId} and queue_items.state = 'PENDING'
          and queue_items.held_reason = ${reason}
        order by queue_items.created_at, queue_items.position`.execute(db);
      return rows;
    },

    async release(queueId, now, except = []) {
      let query = db
        .updateTable('queue_items')
        .set({ due_at: now, held_reason: null })
        .where('state', '=', 'PENDING')
        .where('held_reason', 'is not', null);
      if (queueId !== null) query = query.where('queue_id', '=', queueId);
      if (except.length > 0) query = query.where('held_reason', 'not in', [...except]);
      const { numUpdatedRows } = await query.executeTakeFirst();
      return Number(numUpdatedRows);
    },

    async finish(itemIds) {
      if (itemIds.length === 0) return;
      await db
        .updateTable('queue_items')
        .set({ state: 'DONE', held_reason: null })
        .where('id', 'in', [...itemIds])
        .where('state', '=', 'PENDING')
        .execute();
    },
  };
}
