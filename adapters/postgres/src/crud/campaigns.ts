import { type Kysely, type Selectable, sql } from 'kysely';
import type { CampaignHandoversTable, CampaignNumbersTable, Database } from '../database.js';
import { isCallable, nextCallable } from '../read/callable.js';
import { inTransaction } from './in-transaction.js';

/** A queue that an agent works through in the provider's own dialer campaign. */
export interface CampaignHandover {
  readonly id: string;
  readonly agentId: string;
  readonly queueId: string;
  readonly provider: string;
  readonly createdAt: Date;
}

/** WAITING and CALLED numbers are nobody else's until the hand-over ends; REMOVED and REFUSED ones are free. */
export interface HandedOverNumber {
  readonly phone: string;
  readonly leadId: string;
  readonly leadName: string;
  readonly state: CampaignNumbersTable['state'];
  /** Why the provider refused it. */
  readonly reason: string | null;
}

export interface CampaignCandidate {
  readonly itemId: string;
  readonly phone: string;
  readonly timeZone: string | null;
}

export type OpenHandoverAnswer =
  /** `taken`: the numbers that are now WAITING in it and were not before. Without any number it is over again. */
  | {
      readonly kind: 'open';
      readonly handover: CampaignHandover;
      readonly taken: ReadonlySet<string>;
    }
  /** An agent has one queue at a time; this is theirs. */
  | { readonly kind: 'other_queue'; readonly queueId: string };

export interface CampaignStore {
  /** What a claim could take now, in its order. */
  candidates(queueId: string, now: Date, limit: number): Promise<readonly CampaignCandidate[]>;
  /** Opens the agent's hand-over, or goes on with it, and takes those items' numbers that are still callable. */
  open(handover: CampaignHandover, itemIds: readonly string[]): Promise<OpenHandoverAnswer>;
  findOpen(agentId: string): Promise<CampaignHandover | null>;
  numbers(handoverId: string): Promise<readonly HandedOverNumber[]>;
  /** What became of numbers that were WAITING. */
  mark(handoverId: string, phones: readonly string[], state: 'CALLED' | 'REMOVED'): Promise<void>;
  /** The provider did not take these: they are free. Ends the hand-over when it has no other number. */
  refuse(handoverId: string, phones: readonly string[], reason: string, now: Date): Promise<void>;
  /** Open hand-overs with WAITING numbers that must not be dialed any more (P8). */
  suppressed(): Promise<
    readonly {
      readonly handoverId: string;
      readonly agentId: string;
      readonly phones: readonly string[];
    }[]
  >;
  /** Whom the agent called, we are done with; all others are free. Safe twice. */
  end(handoverId: string, now: Date): Promise<void>;
}

/**
 * What is handed over to a provider's own campaigns. A claim and a hand-over exclude each other through the lead's row:
 * each locks it, and then looks, in a later statement, for what the other has written (`placed` in write-change.ts).
 */
export function createCampaignStore(db: Kysely<Database>): CampaignStore {
  const openOf = (on: Kysely<Database>, agentId: string) =>
    on
      .selectFrom('campaign_handovers')
      .selectAll()
      .where('agent_id', '=', agentId)
      .where('ended_at', 'is', null);

  return {
    async candidates(queueId, now, limit) {
      const ids = (await nextCallable(db, { queueId, now, limit })).map(({ id }) => id);
      const { rows } = await sql<CampaignCandidate>`
        select q.id as "itemId", q.phone, l.time_zone as "timeZone"
        from unnest(${ids}::uuid[]) with ordinality as given (id, place)
        join queue_items q using (id) join leads l on l.id = q.lead_id
        order by place`.execute(db);
      return rows;
    },

    open: ({ id, agentId, queueId, provider, createdAt: now }, itemIds) =>
      inTransaction(db, async (tx) => {
        let row: Selectable<CampaignHandoversTable> | undefined;
        // Neither new nor there: it ended in between, so that the agent is free now.
        while (row === undefined) {
          row =
            (await tx
              .insertInto('campaign_handovers')
              .values({ id, agent_id: agentId, queue_id: queueId, provider, created_at: now })
              .onConflict((conflict) =>
                conflict.column('agent_id').where('ended_at', 'is', null).doNothing(),
              )
              .returningAll()
              .executeTakeFirst()) ?? (await openOf(tx, agentId).forUpdate().executeTakeFirst());
        }
        if (row.queue_id !== queueId) return { kind: 'other_queue', queueId: row.queue_id };
        const items = sql`queue_items.id = any(${[...itemIds]}::uuid[])`;
        await sql`
          select from leads where id in (select lead_id from queue_items where ${items})
          order by id for no key update`.execute(tx);
        await sql`
          delete from campaign_numbers
          where handover_id = ${row.id} and state in ('REMOVED', 'REFUSED')
            and phone in (select phone from queue_items where ${items})`.execute(tx);
        const { rows: taken } = await sql<{ phone: string }>`
          insert into campaign_numbers (handover_id, phone, lead_id, queue_item_id, lead_name, state)
          select ${row.id}::uuid, queue_items.phone, leads.id, queue_items.id, leads.name, 'WAITING'
          from queue_items join leads on leads.id = queue_items.lead_id
          where ${items} and ${isCallable(now)}
          on conflict do nothing
          returning phone`.execute(tx);
        if (taken.length === 0) await endIfEmpty(tx, row.id, now);
        return {
          kind: 'open',
          handover: toHandover(row),
          taken: new Set(taken.map(({ phone }) => phone)),
        };
      }),

    async findOpen(agentId) {
      const row = await openOf(db, agentId).executeTakeFirst();
      return row ? toHandover(row) : null;
    },

    async numbers(handoverId) {
      return db
        .selectFrom('campaign_numbers')
        .select(['phone', 'lead_id as leadId', 'lead_name as leadName', 'state', 'reason'])
        .where('handover_id', '=', handoverId)
        .orderBy('phone')
        .execute();
    },

    async mark(handoverId, phones, state) {
      await markWaiting(db, handoverId, phones, { state });
    },

    refuse: (handoverId, phones, reason, now) =>
      inTransaction(db, async (tx) => {
        // Whoever adds numbers to it does so before or after.
        await sql`select from campaign_handovers where id = ${handoverId} for update`.execute(tx);
        await markWaiting(tx, handoverId, phones, { state: 'REFUSED', reason });
        await endIfEmpty(tx, handoverId, now);
      }),

    async suppressed() {
      const { rows } = await sql<{ handoverId: string; agentId: string; phones: string[] }>`
        select h.id as "handoverId", h.agent_id as "agentId", array_agg(n.phone order by n.phone) as phones
        from campaign_numbers n
        join campaign_handovers h on h.id = n.handover_id join suppressions s on s.phone = n.phone
        where n.state = 'WAITING' group by h.id order by h.id`.execute(db);
      return rows;
    },

    end: (handoverId, now) => inTransaction(db, (tx) => end(tx, handoverId, now)),
  };
}

const markWaiting = (
  db: Kysely<Database>,
  handoverId: string,
  phones: readonly string[],
  became: { readonly state: CampaignNumbersTable['state']; readonly reason?: string },
) =>
  db
    .updateTable('campaign_numbers')
    .set(became)
    .where('handover_id', '=', handoverId)
    .where('state', '=', 'WAITING')
    .where(sql<boolean>`phone = any(${[...phones]}::text[])`)
    .execute();

/** Under the lock of the hand-over's row. */
async function endIfEmpty(tx: Kysely<Database>, handoverId: string, now: Date): Promise<void> {
  const { rows } = await sql`
    select from campaign_numbers where handover_id = ${handoverId} and state in ('WAITING', 'CALLED') limit 1
  `.execute(tx);
  if (rows.length === 0) await end(tx, handoverId, now);
}

/** The numbers are not kept: what was called stands in the queue, and whose number it is, is nobody's business later. */
async function end(tx: Kysely<Database>, handoverId: string, now: Date): Promise<void> {
  await sql`
    update campaign_handovers set ended_at = ${now} where id = ${handoverId} and ended_at is null`.execute(
    tx,
  );
  await sql`
    update queue_items set state = 'DONE', held_reason = null
    where id in (
      select q.id from queue_items q join campaign_numbers n on n.queue_item_id = q.id
      where n.handover_id = ${handoverId} and n.state = 'CALLED' and q.state = 'PENDING'
      order by q.id for update of q
    )`.execute(tx);
  await sql`delete from campaign_numbers where handover_id = ${handoverId}`.execute(tx);
}

const toHandover = (row: Selectable<CampaignHandoversTable>): CampaignHandover => ({
  id: row.id,
  agentId: row.agent_id,
  queueId: row.queue_id,
  provider: row.provider,
  createdAt: row.created_at,
});
