import { DEFAULT_DIALING_SETTINGS, type Ids, meaningOf, type Outcome } from '@outdial/core';
import { type Insertable, type Kysely, sql } from 'kysely';
import type { CallsTable, QueueItemsTable, SessionsTable } from '../src/engine/database.js';
import { type Database, toStoredSettings } from '../src/index.js';

/** Friday morning. */
export const NOW = new Date('2026-03-06T10:00:00.000Z');
export const minutes = (count: number, from: Date = NOW): Date =>
  new Date(from.getTime() + count * 60_000);

/** Ids that sort by creation, as UUIDv7 do, and are the same in every run. */
export const id = (number: number): string =>
  `01890000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
export const countingIds = (from = 0xabc0000): Ids => {
  let last = from;
  return {
    next: () => {
      last += 1;
      return id(last);
    },
  };
};

/** Fictional numbers. */
export const phone = (number: number): string => `+1202555${String(number).padStart(4, '0')}`;

/** Writes rows as the dialer would have left them, without dialing. */
export function salesFloor(db: Kysely<Database>) {
  const ids = countingIds(0);
  const floor = {
    async agent(name: string): Promise<string> {
      const agentId = ids.next();
      const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.com`;
      await db
        .insertInto('agents')
        .values({
          id: agentId,
          name,
          email,
          presence: 'AVAILABLE',
          presence_since: NOW,
          created_at: NOW,
        })
        .execute();
      return agentId;
    },

    async lead(
      name: string,
      number: number,
      more: { company?: string; score?: number } = {},
    ): Promise<string> {
      const leadId = ids.next();
      await db
        .insertInto('leads')
        .values({
          id: leadId,
          name,
          phone: phone(number),
          ...more,
          created_at: NOW,
          updated_at: NOW,
        })
        .execute();
      return leadId;
    },

    async queue(name: string, adHoc = false): Promise<string> {
      const queueId = ids.next();
      await db
        .insertInto('queues')
        .values({ id: queueId, name, ad_hoc: adHoc, created_at: NOW })
        .execute();
      return queueId;
    },

    async item(
      queueId: string,
      leadId: string,
      more: Partial<Insertable<QueueItemsTable>> = {},
    ): Promise<string> {
      const itemId = ids.next();
      const lead = await db
        .selectFrom('leads')
        .selectAll()
        .where('id', '=', leadId)
        .executeTakeFirstOrThrow();
      await db
        .insertInto('queue_items')
        .values({
          id: itemId,
          queue_id: queueId,
          lead_id: leadId,
          phone: lead.phone,
          score: lead.score,
          state: 'PENDING',
          due_at: NOW,
          created_at: NOW,
          ...more,
        })
        .execute();
      return itemId;
    },

    async session(
      agentId: string,
      queueId: string,
      more: Partial<Insertable<SessionsTable>> = {},
    ): Promise<string> {
      const sessionId = ids.next();
      await db
        .insertInto('sessions')
        .values({
          id: sessionId,
          agent_id: agentId,
          queue_id: queueId,
          provider: 'simulator',
          lines: 2,
          after_connect: 'continue',
          status: 'RUNNING',
          phase: 'DIALING',
          phase_since: NOW,
          round: 1,
          settings: JSON.stringify(toStoredSettings(DEFAULT_DIALING_SETTINGS)),
          started_at: NOW,
          ...more,
        })
        .execute();
      return sessionId;
    },

    /** A live call, RINGING unless told. */
    async liveCall(
      sessionId: string,
      leadId: string,
      more: Partial<Insertable<CallsTable>> = {},
    ): Promise<string> {
      return insertCall(sessionId, leadId, {
        state: 'RINGING',
        deadline_at: minutes(5),
        dialed_at: NOW,
        ringing_at: NOW,
        ...more,
      });
    },

    /** A call that is over, and in the CRM unless told; counted as the dialer counts it. */
    async endedCall(
      sessionId: string,
      leadId: string,
      outcome: Outcome,
      more: Partial<Insertable<CallsTable>> = {},
    ): Promise<string> {
      const callId = await insertCall(sessionId, leadId, {
        state: 'COMPLETED',
        outcome,
        disposition: meaningOf(outcome).disposition,
        dialed_at: NOW,
        ended_at: minutes(1),
        crm_state: 'SYNCED',
        ...more,
      });
      const practice = more.provider === undefined ? 'practice_' : '';
      await sql`
        insert into ${sql.table(`${practice}call_counts`)} as k
        select date_bin('15 minutes', queued_at, 'epoch'), queue_id, outcome, disposition, 1, talk_seconds
        from calls where id = ${callId}
        on conflict (bucket, queue_id, outcome, disposition) do update
        set calls = k.calls + 1, talk_seconds = k.talk_seconds + excluded.talk_seconds`.execute(db);
      await sql`
        insert into ${sql.table(`${practice}agent_call_counts`)} as k
        select (queued_at at time zone 'UTC')::date, agent_id, queue_id, outcome, 1, talk_seconds
        from calls where id = ${callId}
        on conflict (day, agent_id, queue_id, outcome) do update
        set calls = k.calls + 1, talk_seconds = k.talk_seconds + excluded.talk_seconds`.execute(db);
      return callId;
    },
  };

  async function insertCall(
    sessionId: string,
    leadId: string,
    columns: Partial<Insertable<CallsTable>> & Pick<Insertable<CallsTable>, 'state'>,
  ): Promise<string> {
    const callId = ids.next();
    const session = await db
      .selectFrom('sessions')
      .selectAll()
      .where('id', '=', sessionId)
      .executeTakeFirstOrThrow();
    const lead = await db
      .selectFrom('leads')
      .selectAll()
      .where('id', '=', leadId)
      .executeTakeFirstOrThrow();
    await db
      .insertInto('calls')
      .values({
        id: callId,
        session_id: sessionId,
        agent_id: session.agent_id,
        queue_id: session.queue_id,
        queue_item_id: ids.next(),
        lead_id: leadId,
        lead_name: lead.name,
        phone: lead.phone,
        round: 1,
        attempt: 1,
        provider: 'simulator',
        clearance: JSON.stringify({
          decided_at: NOW.toISOString(),
          rule: 'window_off',
          zones: ['America/New_York'],
          until: null,
        }),
        queued_at: NOW,
        ...columns,
      })
      .execute();
    return callId;
  }

  return floor;
}

export type SalesFloor = ReturnType<typeof salesFloor>;
