import type { Kysely } from 'kysely';
import type { Database } from '../engine/database.js';

export interface DeferredItemStore {
  /** Lets them go: due now, so that the next claim judges them anew. `queueId` null: in every queue. */
  release(queueId: string | null, now: Date): Promise<number>;
}

/** Queue items that wait for a reason other than their retry rule: calling hours, the gap between calls, the calls of a day. */
export function createDeferredItemStore(db: Kysely<Database>): DeferredItemStore {
  return {
    async release(queueId, now) {
      let query = db
        .updateTable('queue_items')
        .set({ due_at: now, held_reason: null })
        .where('state', '=', 'PENDING')
        .where('held_reason', 'is not', null);
      if (queueId !== null) query = query.where('queue_id', '=', queueId);
      const { numUpdatedRows } = await query.executeTakeFirst();
      return Number(numUpdatedRows);
    },
  };
}
