import { agentNoteOf, type CrmSyncStore, type Lead, type ReplayedCall } from '@outdial/core';
import { type Kysely, sql } from 'kysely';
import type { CallsTable, Database, LeadsTable } from '../engine/database.js';
import { notFlushed } from '../engine/not-flushed.js';
import { callFromRow, leadFromRow, type RowOf } from './map-rows.js';

interface JobRow {
  readonly call: RowOf<CallsTable>;
  readonly lead: RowOf<LeadsTable> | null;
  readonly agent_name: string;
}

/**
 * Takes back what workers of an earlier process had under lease, for a database that only one process can open: a PENDING
 * call is due in the future only while a worker syncs it. With several nodes the lease has to run out.
 */
export async function freeCrmLeases(db: Kysely<Database>, now: Date): Promise<void> {
  await db
    .updateTable('calls')
    .set({ crm_due_at: now })
    .where('crm_state', '=', 'PENDING')
    .where('crm_due_at', '>', now)
    .execute();
}

/**
 * How far the CRM has each call, on PostgreSQL; each method is one statement. The session is not touched.
 *
 * Only a replay that a person asked for waits for the disk: a lease, or an answer of the CRM, that a dying database forgets brings the
 * call there once more, which is idempotent, and one that comes with an older revision makes it due again (`synced`).
 */
export function createCrmSyncStore(db: Kysely<Database>): CrmSyncStore {
  return {
    async claim(callId, now, leaseUntil) {
      const { rows } = await sql<JobRow>`
        with claimed as (
          update calls set crm_due_at = ${leaseUntil}
          where id = ${callId} and state = 'COMPLETED' and crm_due_at <= ${now} and ${notFlushed}
          returning *
        )
        select row_to_json(c) as call, row_to_json(l) as lead, a.name as agent_name
        from claimed c join agents a on a.id = c.agent_id left join leads l on l.id = c.lead_id
      `.execute(db);
      const [row] = rows;
      if (row === undefined) return null;
      const call = callFromRow(row.call);
      if (call.state !== 'COMPLETED') return null;
      return {
        callId,
        sessionId: call.sessionId,
        agentId: call.agentId,
        revision: call.crm.revision,
        attempts: call.crm.attempts,
        lead: row.lead === null ? leadOfCall(row.call) : leadFromRow(row.lead),
        call: {
          outcome: call.outcome,
          agentDisposition: call.disposition?.label ?? null,
          agentNote: agentNoteOf({
            notes: call.disposition?.notes ?? null,
            savedAt: call.disposition?.savedAt ?? null,
            draft: row.call.note_draft,
            draftAt: row.call.note_draft_at === null ? null : new Date(row.call.note_draft_at),
          }).text,
          cancelReason: call.cancellation?.reason ?? null,
          reason: call.reason,
          hasActivity: call.crm.activityId !== null,
          agentName: row.agent_name,
          startedAt: call.dialedAt ?? call.queuedAt,
          endedAt: call.endedAt,
          talkSeconds: call.talkSeconds,
        },
      };
    },

    async synced(callId, { revision, activityId, contactExternalId }, now) {
      await sql`
        with known as (
          update leads l set crm_external_id = ${contactExternalId}
          from calls c
          where c.id = ${callId} and l.id = c.lead_id and l.crm_external_id is distinct from ${contactExternalId}
        )
        update calls set
          crm_activity_id = ${activityId},
          crm_state = case when crm_revision = ${revision} then 'SYNCED' else 'PENDING' end,
          crm_due_at = case when crm_revision = ${revision} then null else ${now}::timestamptz end,
          crm_error = null
        where id = ${callId} and state = 'COMPLETED' and ${notFlushed}
      `.execute(db);
    },

    async failed(callId, { revision, error, dueAt }) {
      await db
        .updateTable('calls')
        .set({
          crm_state: 'FAILED',
          crm_attempts: sql`crm_attempts + 1`,
          crm_error: error,
          crm_due_at: dueAt,
        })
        .where('id', '=', callId)
        .where('state', '=', 'COMPLETED')
        .where('crm_revision', '=', revision)
        .where(notFlushed)
        .execute();
    },

    async notLogged(callId, { revision }, now) {
      await sql`
        update calls set
          crm_state = case when crm_revision = ${revision} then 'NOT_LOGGED' else 'PENDING' end,
          crm_due_at = case when crm_revision = ${revision} then null else ${now}::timestamptz end,
          crm_error = null
        where id = ${callId} and state = 'COMPLETED' and ${notFlushed}
      `.execute(db);
    },

    async replay(callId, now) {
      const { numUpdatedRows } = await db
        .updateTable('calls')
        .set({ crm_state: 'PENDING', crm_attempts: 0, crm_due_at: now })
        .where('id', '=', callId)
        .where('state', '=', 'COMPLETED')
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async replayAll(now, show) {
      const { rows } = await sql<{ count: number; oldest: ReplayedCall[] }>`
        with missing as (
          update calls set crm_state = 'PENDING', crm_attempts = 0, crm_due_at = ${now}
          where crm_state in ('PENDING', 'FAILED') and state = 'COMPLETED'
          returning id, session_id, agent_id, ended_at
        ), oldest as (select * from missing order by ended_at, id limit ${show})
        select (select count(*)::integer from missing) as count, (
          select coalesce(
            json_agg(json_build_object('callId', id, 'sessionId', session_id, 'agentId', agent_id) order by ended_at, id),
            '[]')
          from oldest
        ) as oldest
      `.execute(db);
      return { count: rows[0]?.count ?? 0, oldest: rows[0]?.oldest ?? [] };
    },
  };
}

/** The lead was deleted before its call reached the CRM; the call still gets its activity (P6). */
const leadOfCall = (call: RowOf<CallsTable>): Lead => ({
  id: call.lead_id,
  name: call.lead_name,
  jobTitle: null,
  phone: call.phone,
  company: null,
  email: null,
  headcount: null,
  industry: null,
  timeZone: null,
  score: 0,
  enrichment: null,
  crmExternalId: null,
  createdAt: new Date(call.queued_at),
  updatedAt: new Date(call.queued_at),
});
