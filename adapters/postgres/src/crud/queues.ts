import type { DialingOverrides, Ids } from '@outdial/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database, QueuesTable } from '../database.js';
import { fromStoredOverrides, toStoredOverrides } from '../map-settings.js';
import { isCallable } from '../read/callable.js';
import { countRows, type Order, type Page, type PageRequest, readPage } from '../read/page.js';
import { searchText } from '../read/search-text.js';
import { mayWork } from '../read/visible.js';
import { toJson } from '../to-json.js';
import { inTransaction } from './in-transaction.js';
import { lockLeads, putIntoQueue } from './put-into-queue.js';
import { violatesUnique } from './unique-violation.js';

export interface Queue {
  readonly id: string;
  readonly name: string;
  /** Made by starting a session from a selection of leads; not in lists. */
  readonly adHoc: boolean;
  /** Worked, and its leads seen, only by the agents whom it names; else by every agent. */
  readonly restricted: boolean;
  /** What differs from the system's dialing settings. */
  readonly settings: DialingOverrides;
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
  | { readonly kind: 'archived' }
  /** A session that is not STOPPED works through it. */
  | { readonly kind: 'in_use'; readonly sessionId: string }
  | { readonly kind: 'not_found' };

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
    },
    now: Date,
  ): Promise<CreateQueueAnswer>;
  /**
   * A queue for one session, from a selection of leads in the order to call, restricted to its agent. Leads named twice
   * count once; unknown ones are told, and left out.
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
  /** Whether anybody is in it who will be called, now or later; quick however many there are. */
  whoIsIn(queueId: string): Promise<'nobody' | 'nobody to call' | 'somebody to call'>;
  /** Stored queues that are not archived, by name. */
  list(
    filter: { readonly q?: string | undefined; readonly workableBy?: string | undefined },
    page: PageRequest,
    now: Date,
  ): Promise<Page<QueueView>>;
  /** null: there is no such queue, or it is archived. */
  access(queueId: string): Promise<QueueAccess | null>;
  /** The agents' open sessions go on: whoever changes this stops those that are not wanted. */
  setAccess(queueId: string, access: QueueAccess): Promise<SetQueueAccessAnswer>;
  /** `settings` replaces the queue's settings as a whole. An archived queue is not found. */
  patch(
    queueId: string,
    patch: { readonly name?: string | undefined; readonly settings?: DialingOverrides | undefined },
  ): Promise<PatchQueueAnswer>;
  /** Takes it off the lists and frees its name. Its items stay as they are. */
  archive(queueId: string, now: Date): Promise<ArchiveQueueAnswer>;
}

/** The lists of leads to work through. */
export function createQueueStore(db: Kysely<Database>): QueueStore {
  const find = async (queueId: string, workableBy?: string): Promise<Queue | null> => {
    const row = await db
      .selectFrom('queues')
      .selectAll()
      .where('id', '=', queueId)
      .where(mayWork(workableBy))
      .executeTakeFirst();
    return row ? toQueue(row) : null;
  };
  const findByName = async (name: string): Promise<Queue | null> => {
    const row = await db
      .selectFrom('queues')
      .selectAll()
      .where(sql<boolean>`lower(name) = lower(${name}) and not ad_hoc and archived_at is null`)
      .executeTakeFirst();
    return row ? toQueue(row) : null;
  };

  return {
    async create({ id, name, settings }, now) {
      for (;;) {
        const row = await db
          .insertInto('queues')
          .values({
            id,
            name,
            settings: toJson(toStoredOverrides(settings ?? {})),
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
          suppressed: [...added.values()].filter((item) => item.suppressed).length,
          unknownLeadIds: distinct.filter((leadId) => !added.has(leadId)),
        };
      }),

    get: find,
    findByName,

    async view(queueId, now, workableBy) {
      const queue = await find(queueId, workableBy);
      if (!queue) return null;
      const contents = await readContents(db, [queueId], now);
      return { ...queue, ...(contents.get(queueId) ?? EMPTY) };
    },

    async whoIsIn(queueId) {
      const { rows } = await sql<{ anybody: boolean; to_call: boolean }>`
        select
          exists (select from queue_items where queue_id = ${queueId}) as anybody,
          exists (select from queue_items where queue_id = ${queueId} and state = 'PENDING')
            or exists (select from queue_items where queue_id = ${queueId} and state = 'CLAIMED') as to_call`.execute(
        db,
      );
      if (!rows[0]?.anybody) return 'nobody';
      return rows[0].to_call ? 'somebody to call' : 'nobody to call';
    },

    async list({ q, workableBy }, page, now) {
      const search = searchText(q);
      const matching = db
        .selectFrom('queues')
        .where(sql<boolean>`not ad_hoc and archived_at is null`)
        .where(mayWork(workableBy))
        .where(search ? sql<boolean>`name ilike ${search.text}` : sql<boolean>`true`);
      const { rows, total, nextCursor } = await readPage({
        order: BY_NAME,
        page,
        rows: (cut) =>
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
        db,
        rows.map((queue) => queue.id),
        now,
      );
      return {
        rows: rows.map((queue) => ({ ...queue, ...(contents.get(queue.id) ?? EMPTY) })),
        total,
        nextCursor,
      };
    },

    access: (queueId) => readAccess(db, queueId),

    setAccess: (queueId, access) => inTransaction(db, (tx) => setAccess(tx, queueId, access)),

    async patch(queueId, { name, settings }) {
      try {
        const row = await db
          .updateTable('queues')
          .set({
            // Keeps the statement valid when nothing is to change.
            name: name ?? sql<string>`name`,
            settings: settings && toJson(toStoredOverrides(settings)),
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

    archive: (queueId, now) =>
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
        await tx
          .updateTable('queues')
          .set({ archived_at: now })
          .where('id', '=', queueId)
          .execute();
        return { kind: 'archived' };
      }),
  };
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
