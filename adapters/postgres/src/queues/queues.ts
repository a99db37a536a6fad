import type { DialingOverrides, Ids } from '@outdial/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import { settleItems } from '../dialing/contact-hold.js';
import { fromStoredOverrides, toStoredOverrides } from '../dialing/map-settings.js';
import type { Database, QueuesTable } from '../engine/database.js';
import { inTransaction } from '../engine/in-transaction.js';
import { countRows, type Order, type Page, type PageRequest, readPage } from '../engine/page.js';
import { searchText } from '../engine/search-text.js';
import { inSnapshot } from '../engine/snapshot.js';
import { toJson } from '../engine/to-json.js';
import { violatesUnique } from '../engine/unique-violation.js';
import { isCallable } from './callable-items.js';
import { lockLeads, putIntoQueue } from './put-into-queue.js';
import { mayWork } from './workable-queues.js';

export interface Queue {
  readonly id: string;
  readonly name: string;
  /** Made by starting a session from a selection of leads; not in lists. */
  readonly adHoc: boolean;
  /** true: only the named agents may work the queue and see its leads. false: every agent. */
  readonly restricted: boolean;
  /** What differs from the system's dialing settings. */
  readonly settings: DialingOverrides;
  /** Where its sessions go; null: the agent's connection, else the only real one. */
  readonly connectionId: string | null;
  readonly createdAt: Date;
  readonly archivedAt: Date | null;
}

/** A queue with what is in it at the moment of asking. */
export interface QueueView extends Queue {
  readonly counts: QueueCounts;
  /** When the next waiting lead becomes due; null when one is due already, or none waits. */
  readonly nextDueAt: Date | null;
}

export interface QueueCounts {
  readonly total: number;
  /** What a claim could take now. */
  readonly callable: number;
  readonly pending: number;
  readonly claimed: number;
  readonly done: number;
  readonly exhausted: number;
  readonly suppressed: number;
}

export type CreateQueueAnswer =
  | { readonly kind: 'created'; readonly queue: Queue }
  | { readonly kind: 'name_taken'; readonly queueId: string };

export type PatchQueueAnswer =
  | { readonly kind: 'changed'; readonly queue: Queue }
  | { readonly kind: 'name_taken' }
  | { readonly kind: 'not_found' };

export type ArchiveQueueAnswer =
  | { readonly kind: 'archived'; readonly callbacks: number }
  /** A session that is not STOPPED works through it. */
  | { readonly kind: 'in_use'; readonly sessionId: string }
  /** People were promised a call back in it, and the request does not say what becomes of that. */
  | { readonly kind: 'has_callbacks'; readonly count: number }
  /** The queue that should take them over is gone, or is this one. */
  | { readonly kind: 'unknown_target' }
  /** One of these people is on a call in the queue that should take them over; the end of that call would forget the promise. */
  | { readonly kind: 'on_call_there'; readonly sessionId: string | null }
  | { readonly kind: 'not_found' };

/** What becomes of the call-backs that were promised in a queue which is archived. */
export type CallbacksOfArchived =
  | { readonly kind: 'move'; readonly queueId: string }
  | { readonly kind: 'drop' };

/** Who may work a queue. While it is not restricted the names are kept, and do not count. */
export interface QueueAccess {
  readonly restricted: boolean;
  /** In the order of their ids. */
  readonly agentIds: readonly string[];
}

export type SetQueueAccessAnswer =
  | { readonly kind: 'changed'; readonly before: QueueAccess; readonly after: QueueAccess }
  | { readonly kind: 'unknown_agents'; readonly agentIds: readonly string[] }
  /** This agent, who may not work it any more, has it as a campaign at the provider: nothing was changed. */
  | { readonly kind: 'has_campaign'; readonly agentId: string }
  | { readonly kind: 'not_found' };

export interface QueueStore {
  create(
    queue: {
      readonly id: string;
      readonly name: string;
      readonly settings?: DialingOverrides | undefined;
      readonly connectionId?: string | null | undefined;
    },
    now: Date,
  ): Promise<CreateQueueAnswer>;
  /**
   * A queue for one session, from a selection of leads in the order to call, restricted to its agent. Leads named twice
   * count once; unknown ones are returned, and left out.
   */
  createAdHoc(
    queue: {
      readonly id: string;
      readonly name: string;
      readonly agentId: string;
      readonly leadIds: readonly string[];
    },
    options: { readonly now: Date; readonly ids: Ids },
  ): Promise<{
    readonly queue: Queue;
    readonly added: number;
    readonly suppressed: number;
    readonly unknownLeadIds: readonly string[];
  }>;
  /** Archived and ad hoc queues are found too; look at `archivedAt`. `workableBy`: null unless this agent may work it. */
  get(queueId: string, workableBy?: string): Promise<Queue | null>;
  /** A stored queue that is not archived, by its name in any case. */
  findByName(name: string): Promise<Queue | null>;
  view(queueId: string, now: Date, workableBy?: string): Promise<QueueView | null>;
  /** Whether the queue holds a lead that can be called, now or later. Quick for any queue size. */
  callableState(queueId: string): Promise<'empty' | 'none_callable' | 'callable'>;
  /** Stored queues that are not archived, by name. */
  list(
    filter: { readonly q?: string | undefined; readonly workableBy?: string | undefined },
    page: PageRequest,
    now: Date,
  ): Promise<Page<QueueView>>;
  /** null: there is no such queue, or it is archived. */
  access(queueId: string): Promise<QueueAccess | null>;
  /** Does not stop the agents' open sessions: the caller does. */
  setAccess(queueId: string, access: QueueAccess): Promise<SetQueueAccessAnswer>;
  /** `settings` replaces the queue's settings as a whole. An archived queue is not found. */
  patch(
    queueId: string,
    patch: {
      readonly name?: string | undefined;
      readonly settings?: DialingOverrides | undefined;
      readonly connectionId?: string | null | undefined;
    },
  ): Promise<PatchQueueAnswer>;
  /**
   * Takes it off the lists and frees its name. Its items stay as they are, except call-backs that were promised: these go to another
   * queue, with their time, or are dropped by an explicit decision; without one, nothing happens.
   */
  archive(queueId: string, now: Date, callbacks?: CallbacksOfArchived): Promise<ArchiveQueueAnswer>;
}

/** The lists of leads to work through. */
export function createQueueStore(db: Kysely<Database>): QueueStore {
  const find = (queueId: string, workableBy?: string): Promise<Queue | null> =>
    findQueue(db, queueId, workableBy);
  const findByName = async (name: string): Promise<Queue | null> => {
    const row = await db
      .selectFrom('queues')
      .selectAll()
      .where(sql<boolean>`lower(name) = lower(${name}) and not ad_hoc and archived_at is null`)
      .executeTakeFirst();
    return row ? toQueue(row) : null;
  };

  return {
    async create({ id, name, settings, connectionId }, now) {
      for (;;) {
        const row = await db
          .insertInto('queues')
          .values({
            id,
            name,
            settings: toJson(toStoredOverrides(settings ?? {})),
            connection_id: connectionId,
            created_at: now,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returningAll()
          .executeTakeFirst();
        if (row) return { kind: 'created', queue: toQueue(row) };
        const holder = await findByName(name);
        // Archived in between: the name is free now.
        if (holder) return { kind: 'name_taken', queueId: holder.id };
        if (await find(id)) throw new Error(`There is a queue ${id} already.`);
      }
    },

    createAdHoc: ({ id, name, agentId, leadIds }, { now, ids }) =>
      inTransaction(db, async (tx) => {
        const row = await tx
          .insertInto('queues')
          .values({ id, name, ad_hoc: true, restricted: true, created_at: now })
          .returningAll()
          .executeTakeFirstOrThrow();
        await tx.insertInto('queue_agents').values({ queue_id: id, agent_id: agentId }).execute();
        const distinct = [...new Set(leadIds)];
        const leads = await lockLeads(tx, distinct);
        const items = distinct.flatMap((leadId, position) => {
          const lead = leads.get(leadId);
          return lead ? [{ ...lead, id: ids.next(), position }] : [];
        });
        const added = await putIntoQueue(tx, items, { queueId: id, now });
        return {
          queue: toQueue(row),
          added: added.size,
          suppressed: [...added.values()].filter((item) => item.state === 'SUPPRESSED').length,
          unknownLeadIds: distinct.filter((leadId) => !added.has(leadId)),
        };
      }),

    get: find,
    findByName,

    view: (queueId, now, workableBy) =>
      inSnapshot(db, async (snapshot) => {
        const queue = await findQueue(snapshot, queueId, workableBy);
        if (!queue) return null;
        const contents = await readContents(snapshot, [queueId], now);
        return { ...queue, ...(contents.get(queueId) ?? EMPTY) };
      }),

    async callableState(queueId) {
      const { rows } = await sql<{ anybody: boolean; to_call: boolean }>`
        select
          exists (select from queue_items where queue_id = ${queueId}) as anybody,
          exists (select from queue_items where queue_id = ${queueId} and state = 'PENDING')
            or exists (select from queue_items where queue_id = ${queueId} and state = 'CLAIMED') as to_call`.execute(
        db,
      );
      if (!rows[0]?.anybody) return 'empty';
      return rows[0].to_call ? 'callable' : 'none_callable';
    },

    list: ({ q, workableBy }, page, now) =>
      inSnapshot(db, async (snapshot) => {
        const search = searchText(q);
        const matching = snapshot
          .selectFrom('queues')
          .where(sql<boolean>`not ad_hoc and archived_at is null`)
          .where(mayWork(workableBy))
          .where(search ? search.isIn(sql`name`) : sql<boolean>`true`);
        const { rows, total, nextCursor } = await readPage({
          db: snapshot,
          order: BY_NAME,
          page,
          rows: (_, cut) =>
            matching
              .selectAll()
              .select(LOWER_NAME.as('lower_name'))
              .where(cut.after)
              .orderBy(cut.orderBy)
              .limit(cut.limit)
              .execute(),
          total: () => countRows(matching),
          map: toQueue,
        });
        const contents = await readContents(
          snapshot,
          rows.map((queue) => queue.id),
          now,
        );
        return {
          rows: rows.map((queue) => ({ ...queue, ...(contents.get(queue.id) ?? EMPTY) })),
          total,
          nextCursor,
        };
      }),

    access: (queueId) => readAccess(db, queueId),

    setAccess: (queueId, access) => inTransaction(db, (tx) => setAccess(tx, queueId, access)),

    async patch(queueId, { name, settings, connectionId }) {
      try {
        const row = await db
          .updateTable('queues')
          .set({
            // Keeps the statement valid when nothing is to change.
            name: name ?? sql<string>`name`,
            settings: settings && toJson(toStoredOverrides(settings)),
            connection_id: connectionId,
          })
          .where('id', '=', queueId)
          .where('archived_at', 'is', null)
          .returningAll()
          .executeTakeFirst();
        return row ? { kind: 'changed', queue: toQueue(row) } : { kind: 'not_found' };
      } catch (error) {
        if (violatesUnique(error, 'queues_name')) return { kind: 'name_taken' };
        throw error;
      }
    },

    archive: (queueId, now, callbacks) =>
      inTransaction(db, async (tx) => {
        // A session that is being created holds a key lock on the row, so one of the two waits for the other.
        const queue = await tx
          .selectFrom('queues')
          .select('id')
          .where('id', '=', queueId)
          .where('archived_at', 'is', null)
          .forUpdate()
          .executeTakeFirst();
        if (!queue) return { kind: 'not_found' };
        const session = await tx
          .selectFrom('sessions')
          .select('id')
          .where('queue_id', '=', queueId)
          .where('status', '<>', 'STOPPED')
          .executeTakeFirst();
        if (session) return { kind: 'in_use', sessionId: session.id };
        // A conversation of a stopped session may still end with a promise.
        const live = await tx
          .selectFrom('calls')
          .select('session_id')
          .where('queue_id', '=', queueId)
          .where(sql<boolean>`state <> 'COMPLETED'`)
          .executeTakeFirst();
        if (live) return { kind: 'in_use', sessionId: live.session_id };
        const { rows: promised } = await sql<PromisedItem>`
          select id, lead_id, due_at from queue_items
          where queue_id = ${queueId} and state = 'PENDING' and callback order by id for update`.execute(
          tx,
        );
        if (promised.length > 0) {
          if (callbacks === undefined) return { kind: 'has_callbacks', count: promised.length };
          if (callbacks.kind === 'drop') await dropCallbacks(tx, promised);
          else {
            const moved = await movingBesideOthers(tx, () =>
              moveCallbacks(tx, queueId, promised, callbacks.queueId),
            );
            if (moved.kind !== 'moved') return moved;
          }
        }
        await tx
          .updateTable('queues')
          .set({ archived_at: now })
          .where('id', '=', queueId)
          .execute();
        return { kind: 'archived', callbacks: promised.length };
      }),
  };
}

interface PromisedItem {
  readonly id: string;
  readonly lead_id: string;
  readonly due_at: Date;
}

async function dropCallbacks(
  tx: Kysely<Database>,
  promised: readonly PromisedItem[],
): Promise<void> {
  await sql`
    update queue_items set state = 'DONE', callback = false,
      held_reason = 'the promised call-back was dropped with its queue'
    where id = any(${promised.map(({ id }) => id)}::uuid[])`.execute(tx);
}

/** More often than this, leads are added to the other queue faster than they can be moved there. */
const MOVE_ATTEMPTS_AT_MOST = 10;

/**
 * A lead may be added to the other queue after the look at it. The unique key finds that out, after the other transaction is committed:
 * the move is undone to its beginning and looks again.
 */
async function movingBesideOthers<T>(tx: Kysely<Database>, move: () => Promise<T>): Promise<T> {
  for (let time = 1; ; time += 1) {
    await sql`savepoint moving_callbacks`.execute(tx);
    try {
      const moved = await move();
      await sql`release savepoint moving_callbacks`.execute(tx);
      return moved;
    } catch (error) {
      if (time === MOVE_ATTEMPTS_AT_MOST || !violatesUnique(error, 'queue_items_lead_once'))
        throw error;
      await sql`rollback to savepoint moving_callbacks`.execute(tx);
    }
  }
}

/**
 * A lead who is in the other queue already is due there at the promised time; the earlier one, where both promised. Nothing is
 * changed unless the answer is `moved`.
 */
async function moveCallbacks(
  tx: Kysely<Database>,
  fromQueueId: string,
  promised: readonly PromisedItem[],
  toQueueId: string,
): Promise<
  | { readonly kind: 'moved' }
  | Extract<ArchiveQueueAnswer, { kind: 'unknown_target' | 'on_call_there' }>
> {
  if (toQueueId.toLowerCase() === fromQueueId.toLowerCase()) return { kind: 'unknown_target' };
  const target = await tx
    .selectFrom('queues')
    .select('id')
    .where('id', '=', toQueueId)
    .where('archived_at', 'is', null)
    .forKeyShare()
    .executeTakeFirst();
  if (!target) return { kind: 'unknown_target' };
  const { rows: there } = await sql<{ state: string; session_id: string | null }>`
    select state, claimed_by_session_id as session_id from queue_items
    where queue_id = ${toQueueId} and lead_id = any(${promised.map((item) => item.lead_id)}::uuid[])
    order by id for update`.execute(tx);
  const onCall = there.find(({ state }) => state === 'CLAIMED');
  if (onCall) return { kind: 'on_call_there', sessionId: onCall.session_id };
  const ids = promised.map(({ id }) => id);
  await sql`
    update queue_items i set state = 'PENDING', callback = true, held_reason = null, stopped_by_call_id = null,
      due_at = case when i.callback and i.state = 'PENDING' then least(i.due_at, q.due_at) else q.due_at end,
      ready = false
    from queue_items q
    where q.id = any(${ids}::uuid[]) and i.queue_id = ${toQueueId} and i.lead_id = q.lead_id`.execute(
    tx,
  );
  // The places of those keep their history, without the promise.
  await sql`
    update queue_items q set state = 'DONE', callback = false, held_reason = 'the promised call-back went to another queue'
    where q.id = any(${ids}::uuid[])
      and exists (select from queue_items i where i.queue_id = ${toQueueId} and i.lead_id = q.lead_id)`.execute(
    tx,
  );
  await sql`
    update queue_items q set queue_id = ${toQueueId}
    where q.id = any(${ids}::uuid[])
      and not exists (select from queue_items i where i.queue_id = ${toQueueId} and i.lead_id = q.lead_id)`.execute(
    tx,
  );
  await settleItems(tx, { leadIds: promised.map((item) => item.lead_id) });
  return { kind: 'moved' };
}

async function findQueue(
  db: Kysely<Database>,
  queueId: string,
  workableBy: string | undefined,
): Promise<Queue | null> {
  const row = await db
    .selectFrom('queues')
    .selectAll()
    .where('id', '=', queueId)
    .where(mayWork(workableBy))
    .executeTakeFirst();
  return row ? toQueue(row) : null;
}

async function readAccess(db: Kysely<Database>, queueId: string): Promise<QueueAccess | null> {
  const { rows } = await sql<{ restricted: boolean; agent_ids: string[] }>`
    select restricted,
      array(select agent_id::text from queue_agents where queue_id = queues.id order by agent_id) as agent_ids
    from queues where id = ${queueId} and archived_at is null`.execute(db);
  return rows[0] ? { restricted: rows[0].restricted, agentIds: rows[0].agent_ids } : null;
}

async function setAccess(
  tx: Kysely<Database>,
  queueId: string,
  { restricted, agentIds }: QueueAccess,
): Promise<SetQueueAccessAnswer> {
  // Of two who change it at once the second sees what the first one made. Sessions may be created and calls placed meanwhile.
  const queue = await tx
    .selectFrom('queues')
    .select('id')
    .where('id', '=', queueId)
    .where('archived_at', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst();
  const before = queue ? await readAccess(tx, queueId) : null;
  if (!before) return { kind: 'not_found' };
  const wanted = [...new Set(agentIds)];
  const { rows: known } = await sql<{ id: string }>`
    select id from agents where id = any(${wanted}::uuid[]) order by id for key share`.execute(tx);
  if (known.length < wanted.length) {
    const ids = new Set(known.map((agent) => agent.id));
    return { kind: 'unknown_agents', agentIds: wanted.filter((agentId) => !ids.has(agentId)) };
  }
  if (restricted) {
    const { rows } = await sql<{ agent_id: string }>`
      select agent_id from campaign_handovers
      where queue_id = ${queueId} and ended_at is null and agent_id <> all(${wanted}::uuid[])
      order by created_at limit 1`.execute(tx);
    if (rows[0]) return { kind: 'has_campaign', agentId: rows[0].agent_id };
  }
  await tx.updateTable('queues').set({ restricted }).where('id', '=', queueId).execute();
  await sql`
    delete from queue_agents where queue_id = ${queueId} and agent_id <> all(${wanted}::uuid[])`.execute(
    tx,
  );
  await sql`
    insert into queue_agents (queue_id, agent_id)
    select ${queueId}::uuid, agent_id from unnest(${wanted}::uuid[]) as given (agent_id)
    on conflict do nothing`.execute(tx);
  const after = { restricted, agentIds: known.map((agent) => agent.id) };
  return { kind: 'changed', before, after };
}

const toQueue = (row: Selectable<QueuesTable>): Queue => ({
  id: row.id,
  name: row.name,
  adHoc: row.ad_hoc,
  restricted: row.restricted,
  settings: fromStoredOverrides(row.settings),
  connectionId: row.connection_id,
  createdAt: row.created_at,
  archivedAt: row.archived_at,
});

const LOWER_NAME = sql<string>`lower(queues.name)`;

const BY_NAME: Order<Selectable<QueuesTable> & { readonly lower_name: string }> = {
  name: 'queues',
  keys: [
    // The database's lower case, which may differ from JavaScript's.
    { expression: LOWER_NAME, type: 'text', value: (row) => row.lower_name },
    { expression: sql.ref('queues.id'), type: 'uuid', value: (row) => row.id },
  ],
};

type Contents = Pick<QueueView, 'counts' | 'nextDueAt'>;

const EMPTY: Contents = {
  counts: { total: 0, callable: 0, pending: 0, claimed: 0, done: 0, exhausted: 0, suppressed: 0 },
  nextDueAt: null,
};

async function readContents(
  db: Kysely<Database>,
  queueIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, Contents>> {
  if (queueIds.length === 0) return new Map();
  const { rows } = await sql<QueueCounts & { queue_id: string; next_due_at: Date | null }>`
    with counted as (
      select queue_id,
        count(*) as total,
        count(*) filter (where state = 'PENDING') as pending,
        count(*) filter (where state = 'CLAIMED') as claimed,
        count(*) filter (where state = 'DONE') as done,
        count(*) filter (where state = 'EXHAUSTED') as exhausted,
        count(*) filter (where state = 'SUPPRESSED') as suppressed,
        min(due_at) filter (where state = 'PENDING') as next_due_at
      from queue_items where queue_id = any(${[...queueIds]}::uuid[]) group by queue_id
    ), callable as (
      select queue_id, count(*) as callable
      from queue_items where queue_id = any(${[...queueIds]}::uuid[]) and ${isCallable(now)}
      group by queue_id
    )
    select counted.*, coalesce(callable.callable, 0) as callable
    from counted left join callable using (queue_id)`.execute(db);
  return new Map(
    rows.map(({ queue_id, next_due_at, ...counts }) => [
      queue_id,
      { counts, nextDueAt: next_due_at !== null && next_due_at > now ? next_due_at : null },
    ]),
  );
}
