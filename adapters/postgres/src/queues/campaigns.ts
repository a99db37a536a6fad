import type { Outcome, PastCall } from '@outdial/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import {
  mayBeContacted,
  type PastCallRow,
  pastCallsOf,
  toPastCall,
  wasCalledSince,
} from '../dialing/contact-hold.js';
import { noteSeenInCampaign } from '../dialing/outside-calls.js';
import type { CampaignHandoversTable, CampaignNumbersTable, Database } from '../engine/database.js';
import { inTransaction } from '../engine/in-transaction.js';
import { isCallable, nextCallable } from './callable-items.js';

/** A queue that an agent works through in the provider's own dialer campaign. */
export interface CampaignReservation {
  readonly id: string;
  readonly agentId: string;
  readonly queueId: string;
  readonly provider: string;
  readonly createdAt: Date;
}

/** WAITING and CALLED numbers are reserved until the reservation ends; REMOVED and REFUSED ones are free. */
export interface ReservedNumber {
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
  readonly callback: boolean;
  readonly lastOutcome: Outcome | null;
  /** Calls to the number that are over, of all queues, the last to end first. */
  readonly calls: readonly PastCall[];
}

/** An item to be taken, and what its gap and cap were judged by. */
export interface CampaignChoice {
  readonly itemId: string;
  /** When the last call to its number ended, as far as was known; null: there was none. */
  readonly lastEndedAt: Date | null;
}

export interface WaitingNumbers {
  readonly handoverId: string;
  readonly agentId: string;
  readonly queueId: string;
  /** The connection at which the campaign is. */
  readonly provider: string;
  readonly numbers: readonly WaitingNumber[];
}

export interface WaitingNumber extends Omit<CampaignCandidate, 'itemId'> {
  /** Suppressed, or held by what a person said. */
  readonly held: boolean;
}

export type OpenReservationAnswer =
  /** `taken`: the numbers that are now WAITING in it and were not before. Without any number it is over again. */
  | {
      readonly kind: 'open';
      readonly handover: CampaignReservation;
      readonly taken: ReadonlySet<string>;
    }
  /** An agent has one queue at a time; this is theirs. */
  | { readonly kind: 'other_queue'; readonly queueId: string };

export interface CampaignStore {
  /** What a claim could take now, in its order. Gap and cap are for the caller to judge. */
  candidates(queueId: string, now: Date, limit: number): Promise<readonly CampaignCandidate[]>;
  /**
   * Opens the agent's hand-over, or goes on with it, and takes those items' numbers that are still callable and were not called
   * since they were chosen.
   */
  open(
    handover: CampaignReservation,
    choices: readonly CampaignChoice[],
  ): Promise<OpenReservationAnswer>;
  findOpen(agentId: string): Promise<CampaignReservation | null>;
  numbers(handoverId: string): Promise<readonly ReservedNumber[]>;
  /** These numbers, WAITING until now, were called: each counts as a call to its number, unless the provider reported that itself. */
  markCalled(handoverId: string, phones: readonly string[], now: Date): Promise<void>;
  /** These numbers, WAITING until now, are free. */
  markRemoved(handoverId: string, phones: readonly string[]): Promise<void>;
  /** The provider did not take these: they are free. Ends the hand-over when it has no other number. */
  refuse(handoverId: string, phones: readonly string[], reason: string, now: Date): Promise<void>;
  /** Open hand-overs with their WAITING numbers, for the caller to judge which may not be dialed at `now` (P8). */
  waiting(now: Date): Promise<readonly WaitingNumbers[]>;
  /** Completes the items that the agent called and frees all others. Safe twice. */
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
      const where = mayBeContacted(PLACE, now);
      const found = await nextCallable(db, { queueId, now, limit, where });
      const { rows } = await sql<
        Omit<CampaignCandidate, 'calls'> & { readonly calls: readonly PastCallRow[] }
      >`
        select q.id as "itemId", q.phone, l.time_zone as "timeZone", q.callback, q.last_outcome as "lastOutcome",
               ${pastCallsOf(sql`q.phone`)} as calls
        from unnest(${found.map(({ id }) => id)}::uuid[]) with ordinality as given (id, place)
        join queue_items q using (id) join leads l on l.id = q.lead_id
        order by place`.execute(db);
      return rows.map((row) => ({ ...row, calls: row.calls.map(toPastCall) }));
    },

    open: ({ id, agentId, queueId, provider, createdAt: now }, choices) =>
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
        const items = sql`queue_items.id = any(${choices.map(({ itemId }) => itemId)}::uuid[])`;
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
          from unnest(${choices.map(({ itemId }) => itemId)}::uuid[],
                      ${choices.map(({ lastEndedAt }) => lastEndedAt)}::timestamptz[]) as chosen (id, last_ended_at)
          join queue_items on queue_items.id = chosen.id join leads on leads.id = queue_items.lead_id
          where ${isCallable(now)} and ${mayBeContacted(PLACE, now)}
            and ${wasCalledSince(sql`queue_items.phone`, sql`chosen.last_ended_at`, now)} is not true
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

    async markCalled(handoverId, phones, now) {
      await sql`
        with called as (
          update campaign_numbers set state = 'CALLED'
          where handover_id = ${handoverId} and state = 'WAITING' and phone = any(${[...phones]}::text[])
          returning handover_id, phone
        ) ${noteSeenInCampaign(sql`select * from called`, now)}`.execute(db);
    },

    async markRemoved(handoverId, phones) {
      await markWaiting(db, handoverId, phones, { state: 'REMOVED' });
    },

    refuse: (handoverId, phones, reason, now) =>
      inTransaction(db, async (tx) => {
        // Another transaction that adds numbers does so before or after this one.
        await sql`select from campaign_handovers where id = ${handoverId} for update`.execute(tx);
        await markWaiting(tx, handoverId, phones, { state: 'REFUSED', reason });
        await endIfEmpty(tx, handoverId, now);
      }),

    async waiting(now) {
      const number = {
        leadId: sql`n.lead_id`,
        phone: sql`n.phone`,
        callback: sql`coalesce(q.callback, false)`,
      };
      const { rows } = await sql<WaitingRow>`
        select h.id as "handoverId", h.agent_id as "agentId", h.queue_id as "queueId", h.provider, n.phone, l.time_zone as "timeZone",
               coalesce(q.callback, false) as callback, q.last_outcome as "lastOutcome",
               ${mayBeContacted(number, now)} is not true as held, ${pastCallsOf(sql`n.phone`)} as calls
        from campaign_numbers n join campaign_handovers h on h.id = n.handover_id
        left join queue_items q on q.id = n.queue_item_id left join leads l on l.id = n.lead_id
        where n.state = 'WAITING'
        order by h.id, n.phone`.execute(db);
      const byHandover = new Map<string, WaitingNumbers & { readonly numbers: WaitingNumber[] }>();
      for (const { handoverId, agentId, queueId, provider, calls, ...rest } of rows) {
        const one = byHandover.get(handoverId) ?? {
          handoverId,
          agentId,
          queueId,
          provider,
          numbers: [],
        };
        byHandover.set(handoverId, one);
        one.numbers.push({ ...rest, calls: calls.map(toPastCall) });
      }
      return [...byHandover.values()];
    },

    end: (handoverId, now) => inTransaction(db, (tx) => end(tx, handoverId, now)),
  };
}

interface WaitingRow extends Omit<WaitingNumbers, 'numbers'>, Omit<WaitingNumber, 'calls'> {
  readonly calls: readonly PastCallRow[];
}

const PLACE = {
  leadId: sql`queue_items.lead_id`,
  phone: sql`queue_items.phone`,
  callback: sql`queue_items.callback`,
};

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

/** The numbers are not kept: what was called stands in the queue, and the reservation needs no number once it is over. */
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

const toHandover = (row: Selectable<CampaignHandoversTable>): CampaignReservation => ({
  id: row.id,
  agentId: row.agent_id,
  queueId: row.queue_id,
  provider: row.provider,
  createdAt: row.created_at,
});
