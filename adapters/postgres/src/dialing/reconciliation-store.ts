import type { JobName, ReconciliationStore } from '@outdial/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../engine/database.js';

/** Where a job's rows are, and since when they are due. Each stands in a partial index of its own, in this order. */
const DUE: Readonly<Record<JobName, { table: string; at: string; where: string }>> = {
  'advance-session': { table: 'sessions', at: 'wake_at', where: 'true' },
  'place-call': { table: 'calls', at: 'place_at', where: "state = 'QUEUED'" },
  'hang-up-call': { table: 'calls', at: 'hang_up_at', where: "state <> 'COMPLETED'" },
  'check-call': { table: 'calls', at: 'deadline_at', where: "state <> 'COMPLETED'" },
  'process-event': { table: 'provider_events', at: 'due_at', where: "state = 'PENDING'" },
  'sync-call': { table: 'calls', at: 'crm_due_at', where: 'true' },
  'run-import': { table: 'imports', at: 'due_at', where: "state in ('PENDING', 'RUNNING')" },
};

/**
 * `offset 0` keeps the planner from turning a look into an index of what is live into a join that reads all calls.
 */
const isOnLiveCall = (where: RawBuilder<unknown>): RawBuilder<unknown> => sql`exists (
  select from calls c where c.state <> 'COMPLETED' and ${where} offset 0)`;

/** Finds and repairs stuck rows on PostgreSQL. Each method is one statement. */
export function createReconciliationStore(db: Kysely<Database>): ReconciliationStore {
  return {
    async dueWork(job, now, { limit, after }) {
      const { table, where } = DUE[job];
      const at = sql.ref(DUE[job].at);
      const beyond =
        after === undefined ? sql`true` : sql`(${at}, id) > (${after.at}, ${after.id})`;
      const { rows } = await sql<{ id: string; at: Date }>`
        select id, ${at} as at from ${sql.table(table)}
        where ${at} <= ${now} and ${sql.raw(where)} and ${beyond}
        order by ${at}, id limit ${limit}
      `.execute(db);
      return rows.map((row) => ({ job, id: row.id, at: row.at }));
    },

    async findStuckSessions(limit) {
      const { rows } = await sql<{ id: string }>`
        select s.id from sessions s
        where s.status = 'RUNNING' and s.status <> 'STOPPED' and s.wake_at is null
          and not ${isOnLiveCall(sql`c.agent_id = s.agent_id and c.session_id = s.id`)}
        order by s.id limit ${limit}
      `.execute(db);
      return rows.map(({ id }) => id);
    },

    async findSessionsWithUnwantedCalls(limit, after) {
      const { rows } = await sql<{ session_id: string }>`
        select distinct c.session_id from calls c join sessions s on s.id = c.session_id
        where c.state <> 'COMPLETED' and (
          (s.status = 'PAUSED' and c.state = 'QUEUED')
          or (s.status = 'STOPPED' and c.cancel_requested_at is null
              and not (c.state = 'IN_PROGRESS' and c.winner))
        ) and ${after === undefined ? sql`true` : sql`c.session_id > ${after}`}
        order by c.session_id limit ${limit}
      `.execute(db);
      return rows.map((row) => row.session_id);
    },

    /**
     * Calls and items are looked at as of one moment, and a claim writes both at once, as the end of a call does: so nothing
     * that is merely under way is taken for an orphan. A row that another transaction has locked is skipped: after waiting for it, the
     * item would be the new one and the calls still those of before.
     */
    async releaseItems(now, afterCall, limit) {
      const { rows } = await sql<{ id: string; queue_id: string }>`
        with orphans as (
          select q.id, exists (
                   select from calls c
                   where c.lead_id = q.lead_id and c.queue_item_id = q.id
                     and c.dialed_at > ${now}::timestamptz - interval '1 day'
                 ) as rang
          from queue_items q
          where q.state = 'CLAIMED' and not ${isOnLiveCall(sql`c.queue_item_id = q.id`)}
          order by q.id limit ${limit}
          for no key update skip locked
        )
        update queue_items q
        set state = case when exists (select from suppressions p where p.phone = q.phone)
                         then 'SUPPRESSED' else 'PENDING' end,
            claimed_by_session_id = null,
            due_at = case when o.rang then greatest(q.due_at, ${afterCall}) else q.due_at end,
            ready = not o.rang
        from orphans o
        where q.id = o.id and q.state = 'CLAIMED'
        returning q.id, q.queue_id
      `.execute(db);
      return rows.map((row) => ({ itemId: row.id, queueId: row.queue_id }));
    },

    async makeDue(now, limit) {
      const { rows } = await sql<{ events: string[]; calls: string[] }>`
        with events as (
          update provider_events set due_at = ${now} where id in (
            select id from provider_events where state = 'PENDING' and due_at is null
            order by id limit ${limit}
          )
          returning id
        ), missing as (
          update calls set crm_due_at = ${now} where id in (
            select id from calls
            where crm_state = 'PENDING' and crm_due_at is null and state = 'COMPLETED'
            order by id limit ${limit}
          )
          returning id
        )
        select (select coalesce(json_agg(id), '[]') from events) as events,
               (select coalesce(json_agg(id), '[]') from missing) as calls
      `.execute(db);
      return { eventIds: rows[0]?.events ?? [], callIds: rows[0]?.calls ?? [] };
    },
  };
}
