import type { Ids, QueueItem, QueueItemState } from '@outdial/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import { contactHold } from '../dialing/contact-hold.js';
import { itemFromRow } from '../dialing/map-rows.js';
import type { Database, LeadsTable, QueueItemsTable } from '../engine/database.js';
import { inTransaction } from '../engine/in-transaction.js';
import { type Order, type Page, type PageRequest, readPage } from '../engine/page.js';
import { inSnapshot } from '../engine/snapshot.js';
import type { LeadSummary } from '../leads/lead-summary.js';
import { nextCallable } from './callable-items.js';
import { handedOver } from './campaign-reservation.js';
import { lockLeads, putIntoQueue } from './put-into-queue.js';
import { workableQueues } from './workable-queues.js';

export interface QueueItemView extends QueueItem {
  readonly lead: LeadSummary;
}

/** What became of one lead that was to be added. */
export interface AddedLead {
  readonly leadId: string;
  /**
   * `suppressed`: added, but its number must not be called. `ended`: added, but the person said on a call of another queue that they
   * want no more calls. `already_there`: nothing changed. `requeued`: was done or
   * exhausted, starts afresh. `unknown_lead`: nothing was added.
   */
  readonly kind: 'added' | 'suppressed' | 'ended' | 'already_there' | 'requeued' | 'unknown_lead';
  /** null for an unknown lead. */
  readonly itemId: string | null;
}

export interface AddOptions {
  readonly priority?: number | undefined;
  /** Left out: now. */
  readonly dueAt?: Date | undefined;
  /** Also bring back leads of this queue that are done or exhausted. */
  readonly requeue?: boolean | undefined;
  readonly now: Date;
  readonly ids: Ids;
}

export type AddLeadsAnswer =
  /** In the order of the ids; a lead named twice is answered once. */
  | { readonly kind: 'added'; readonly leads: readonly AddedLead[] }
  /** Or it is archived. */
  | { readonly kind: 'unknown_queue' };

export interface QueueItemPatch {
  readonly priority?: number | undefined;
  /** Only while it waits, or together with `requeue`. */
  readonly dueAt?: Date | undefined;
  /** PENDING again, with all its tries; due now unless `dueAt` says otherwise. */
  readonly requeue?: boolean | undefined;
}

export type PatchQueueItemAnswer =
  | { readonly kind: 'changed'; readonly item: QueueItemView }
  /** A session is calling it: only its priority can change. */
  | { readonly kind: 'claimed' }
  /** A number of theirs must not be called. */
  | { readonly kind: 'suppressed' }
  /** The person said on a call that they want no more calls. */
  | { readonly kind: 'contact_ended' }
  /** A due time for an item that is done or exhausted: requeue it. */
  | { readonly kind: 'not_waiting' }
  | { readonly kind: 'not_found' };

export interface QueueItemFilter {
  readonly queueId?: string | undefined;
  readonly leadId?: string | undefined;
  readonly state?: QueueItemState | undefined;
  /** Only in queues that this agent may work. */
  readonly workableBy?: string | undefined;
}

export interface QueueItemStore {
  /** In the order given. */
  addLeads(
    queueId: string,
    leadIds: readonly string[],
    options: AddOptions,
  ): Promise<AddLeadsAnswer>;
  get(itemId: string): Promise<QueueItemView | null>;
  /** In the order of the ids; unknown ones are missing. */
  getMany(itemIds: readonly string[]): Promise<readonly QueueItemView[]>;
  /** In the order in which they would be claimed if all were due. */
  list(filter: QueueItemFilter, page: PageRequest): Promise<Page<QueueItemView>>;
  /** What a session on this queue calls next: the callable ones in claim order, then those that become due later. */
  upNext(queueId: string, now: Date, limit: number): Promise<readonly QueueItemView[]>;
  patch(itemId: string, patch: QueueItemPatch, now: Date): Promise<PatchQueueItemAnswer>;
  /** The calls stay as history. A call-back that was promised goes only where that is meant. */
  remove(
    itemId: string,
    options?: { readonly dropCallback: boolean },
  ): Promise<'removed' | 'claimed' | 'promised' | 'not_found'>;
}

/** The leads' places in queues. */
export function createQueueItemStore(db: Kysely<Database>): QueueItemStore {
  const getMany = async (
    tx: Kysely<Database>,
    itemIds: readonly string[],
  ): Promise<QueueItemView[]> => (await readRows(tx, itemIds)).map(toItemView);

  return {
    addLeads: (queueId, leadIds, options) =>
      inTransaction(db, (tx) => addLeads(tx, queueId, [...new Set(leadIds)], options)),

    async get(itemId) {
      return (await getMany(db, [itemId]))[0] ?? null;
    },

    getMany: (itemIds) => getMany(db, itemIds),

    list: (filter, page) =>
      inSnapshot(db, async (snapshot) => {
        const workable =
          filter.workableBy === undefined
            ? null
            : await workableQueues(snapshot, filter.workableBy);
        const matching = matches(filter, workable);
        return readPage({
          db: snapshot,
          order: CLAIM_ORDER,
          page,
          rows: async (on, cut) => {
            // The leads are joined after the cut: before it, all of a long queue would be.
            const ids = await on
              .selectFrom('queue_items')
              .select('id')
              .where(matching)
              .where(cut.after)
              .orderBy(cut.orderBy)
              .limit(cut.limit)
              .execute();
            return readRows(
              on,
              ids.map((row) => row.id),
            );
          },
          total: async (on) => {
            const { count } = await on
              .selectFrom('queue_items')
              .select(sql<number>`count(*)::integer`.as('count'))
              .where(matching)
              .executeTakeFirstOrThrow();
            return count;
          },
          map: toItemView,
        });
      }),

    upNext: (queueId, now, limit) =>
      inSnapshot(db, async (snapshot) => {
        const callable = await nextCallable(snapshot, { queueId, now, limit });
        const later =
          callable.length < limit
            ? await snapshot
                .selectFrom('queue_items')
                .select('id')
                .where(sql<boolean>`queue_items.state = 'PENDING'`)
                .where('queue_id', '=', queueId)
                .where('due_at', '>', now)
                .orderBy('due_at')
                .orderBy('id')
                .limit(limit - callable.length)
                .execute()
            : [];
        return getMany(
          snapshot,
          [...callable, ...later].map((item) => item.id),
        );
      }),

    patch: (itemId, patch, now) =>
      inTransaction(db, async (tx): Promise<PatchQueueItemAnswer> => {
        const refusal = await patchItem(tx, itemId, patch, now);
        if (refusal) return { kind: refusal };
        const [item] = await getMany(tx, [itemId]);
        return item ? { kind: 'changed', item } : { kind: 'not_found' };
      }),

    async remove(itemId, { dropCallback } = { dropCallback: false }) {
      const removed = await db
        .deleteFrom('queue_items')
        .where('id', '=', itemId)
        .where('state', '<>', 'CLAIMED')
        .where(
          dropCallback ? sql<boolean>`true` : sql<boolean>`not (callback and state = 'PENDING')`,
        )
        .returning('id')
        .executeTakeFirst();
      if (removed) return 'removed';
      const left = await db
        .selectFrom('queue_items')
        .select('state')
        .where('id', '=', itemId)
        .executeTakeFirst();
      if (!left) return 'not_found';
      return left.state === 'CLAIMED' ? 'claimed' : 'promised';
    },
  };
}

async function addLeads(
  tx: Kysely<Database>,
  queueId: string,
  leadIds: readonly string[],
  options: AddOptions,
): Promise<AddLeadsAnswer> {
  const queue = await tx
    .selectFrom('queues')
    .select('id')
    .where('id', '=', queueId)
    .where('archived_at', 'is', null)
    .forKeyShare()
    .executeTakeFirst();
  if (!queue) return { kind: 'unknown_queue' };
  const leads = await lockLeads(tx, leadIds);
  const items = leadIds.flatMap((leadId, position) => {
    const lead = leads.get(leadId);
    return lead ? [{ ...lead, id: options.ids.next(), position }] : [];
  });
  const added = await putIntoQueue(tx, items, { ...options, queueId });
  const rest = leadIds.filter((leadId) => !added.has(leadId));
  const there = await tx
    .selectFrom('queue_items')
    .select(['id', 'lead_id'])
    .where('queue_id', '=', queueId)
    .where(sql<boolean>`lead_id = any(${rest}::uuid[])`)
    .execute();
  const itemOf = new Map(there.map((item) => [item.lead_id, item.id]));
  const requeued = options.requeue
    ? await requeue(tx, [...itemOf.values()], options)
    : new Set<string>();
  return {
    kind: 'added',
    leads: leadIds.map((leadId) => {
      const item = added.get(leadId);
      if (item) return { leadId, kind: ADDED_AS[item.state], itemId: item.itemId };
      const itemId = itemOf.get(leadId);
      if (itemId === undefined) return { leadId, kind: 'unknown_lead', itemId: null };
      return { leadId, kind: requeued.has(itemId) ? 'requeued' : 'already_there', itemId };
    }),
  };
}

const ADDED_AS = { PENDING: 'added', SUPPRESSED: 'suppressed', DONE: 'ended' } as const;

/** Done and exhausted items start afresh, except those that `contactHold` holds as DONE; the ids of those that did. */
async function requeue(
  tx: Kysely<Database>,
  itemIds: readonly string[],
  options: {
    readonly now: Date;
    readonly dueAt?: Date | undefined;
    readonly priority?: number | undefined;
  },
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    update queue_items set
      state = coalesce(held.hold, 'PENDING'),
      priority = coalesce(${options.priority ?? null}::integer, priority),
      due_at = ${options.dueAt ?? options.now}::timestamptz,
      callback = false, attempts = 0, attempts_by_outcome = '{}', held_reason = null, stopped_by_call_id = null
    from (
      select q.id as held_id, ${contactHold(sql`q.lead_id`, sql`q.phone`)} as hold from queue_items q
      where q.id = any(${[...itemIds]}::uuid[]) and q.state in ('DONE', 'EXHAUSTED')
      order by q.id for update
    ) held
    where id = held.held_id and held.hold is distinct from 'DONE'
    returning id`.execute(tx);
  return new Set(rows.map((row) => row.id));
}

async function patchItem(
  tx: Kysely<Database>,
  itemId: string,
  patch: QueueItemPatch,
  now: Date,
): Promise<Exclude<PatchQueueItemAnswer['kind'], 'changed'> | null> {
  const item = await tx
    .selectFrom('queue_items')
    .select(['state', contactHold(sql`queue_items.lead_id`, sql`queue_items.phone`).as('hold')])
    .where('id', '=', itemId)
    .forUpdate()
    .executeTakeFirst();
  if (!item) return 'not_found';
  const timing = patch.requeue === true || patch.dueAt !== undefined;
  if (timing && item.state === 'CLAIMED') return 'claimed';
  if (patch.requeue && item.hold === 'SUPPRESSED') return 'suppressed';
  if (patch.requeue && item.hold === 'DONE') return 'contact_ended';
  if (timing && !patch.requeue && item.state !== 'PENDING') {
    return item.state === 'SUPPRESSED' ? 'suppressed' : 'not_waiting';
  }
  const afresh = patch.requeue && item.state !== 'PENDING';
  await tx
    .updateTable('queue_items')
    .set({
      priority: patch.priority ?? sql<number>`priority`,
      ...(timing && { due_at: patch.dueAt ?? now, held_reason: null }),
      ...(afresh && {
        state: 'PENDING' as const,
        callback: false,
        attempts: 0,
        attempts_by_outcome: '{}',
        stopped_by_call_id: null,
      }),
    })
    .where('id', '=', itemId)
    .execute();
  return null;
}

/** `queueIds`: of these only; null: of all. */
function matches(filter: QueueItemFilter, queueIds: readonly string[] | null) {
  const conditions = [sql<boolean>`true`];
  const { queueId } = filter;
  if (queueIds !== null) {
    const among =
      queueId === undefined ? queueIds : queueIds.filter((id) => id === queueId.toLowerCase());
    conditions.push(sql`queue_items.queue_id = any(${[...among]}::uuid[])`);
  } else if (queueId !== undefined) conditions.push(sql`queue_items.queue_id = ${queueId}`);
  if (filter.leadId !== undefined) conditions.push(sql`queue_items.lead_id = ${filter.leadId}`);
  if (filter.state !== undefined) {
    // Written out, not bound: the partial indexes are chosen by the literal.
    conditions.push(sql`queue_items.state = ${sql.lit(filter.state)}`);
  }
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

type ItemRow = Selectable<QueueItemsTable> & {
  readonly lead_name: string;
  readonly lead_phone: string;
  /** The agent's name, whose campaign has the number. */
  readonly handed_over_to: string | null;
} & Pick<
    Selectable<LeadsTable>,
    'job_title' | 'company' | 'email' | 'headcount' | 'industry' | 'crm_external_id'
  >;

/** In the order of the ids; unknown ones are missing. */
const readRows = (db: Kysely<Database>, itemIds: readonly string[]): Promise<readonly ItemRow[]> =>
  db
    .selectFrom('queue_items')
    .innerJoin('leads', 'leads.id', 'queue_items.lead_id')
    .selectAll('queue_items')
    .select([
      'leads.name as lead_name',
      'leads.phone as lead_phone',
      'leads.job_title',
      'leads.company',
      'leads.email',
      'leads.headcount',
      'leads.industry',
      'leads.crm_external_id',
      sql<string | null>`(
        select agents.name from (${handedOver(sql`queue_items.phone`, sql`n.handover_id`)}) n
        join campaign_handovers h on h.id = n.handover_id join agents on agents.id = h.agent_id
        where queue_items.state = 'PENDING'
      )`.as('handed_over_to'),
    ])
    .where(sql<boolean>`queue_items.id = any(${[...itemIds]}::uuid[])`)
    .orderBy(sql`array_position(${[...itemIds]}::uuid[], queue_items.id)`)
    .execute();

const toItemView = (row: ItemRow): QueueItemView => ({
  ...itemFromRow(row),
  ...(row.handed_over_to !== null && {
    heldReason: `handed over to ${row.handed_over_to}'s campaign at the phone system`,
  }),
  lead: {
    id: row.lead_id,
    name: row.lead_name,
    jobTitle: row.job_title,
    phone: row.lead_phone,
    company: row.company,
    email: row.email,
    headcount: row.headcount,
    industry: row.industry,
    crmExternalId: row.crm_external_id,
  },
});

const column = (name: keyof QueueItemsTable) => sql.ref(`queue_items.${name}`);

/** The order of the claim, as in `nextCallable`. */
const CLAIM_ORDER: Order<ItemRow> = {
  name: 'queue items',
  keys: [
    {
      expression: column('callback'),
      type: 'boolean',
      descending: true,
      value: (row) => row.callback,
    },
    {
      expression: column('priority'),
      type: 'integer',
      descending: true,
      value: (row) => row.priority,
    },
    { expression: column('score'), type: 'integer', descending: true, value: (row) => row.score },
    { expression: column('due_at'), type: 'timestamptz', value: (row) => row.due_at },
    { expression: column('created_at'), type: 'timestamptz', value: (row) => row.created_at },
    { expression: column('position'), type: 'integer', value: (row) => row.position },
    { expression: column('id'), type: 'uuid', value: (row) => row.id },
  ],
};
