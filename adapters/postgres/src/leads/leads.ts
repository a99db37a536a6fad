import type { Enrichment, Lead } from '@outdial/core';
import { type Kysely, sql } from 'kysely';
import { settleItems } from '../dialing/contact-hold.js';
import { leadFromRow } from '../dialing/map-rows.js';
import type { Database, StoredEnrichment } from '../engine/database.js';
import { inSavepoint, inTransaction } from '../engine/in-transaction.js';
import { countSome, orderBy, type Page, type PageRequest, readPage } from '../engine/page.js';
import {
  leadCandidates,
  SEARCH_LIMITS,
  type SearchedList,
  type SearchLimits,
  SearchRows,
} from '../engine/search-rows.js';
import { type SearchText, searchText } from '../engine/search-text.js';
import { inSnapshot } from '../engine/snapshot.js';
import { toJson } from '../engine/to-json.js';
import { violatesUnique } from '../engine/unique-violation.js';
import { hashColumns, type PersonHashes } from '../privacy/person-hashes.js';
import { type VisibleLeads, visibleLeads } from '../queues/workable-queues.js';
import type { LeadFields, UpsertOptions } from './lead-fields.js';
import { hasIndex, headcountNumber, type LeadSorting, leadOrder } from './lead-order.js';
import {
  addLeadPhones,
  followPersons,
  type LeadPhone,
  readLeadPhones,
  replaceLeadPhones,
} from './lead-phones.js';
import { type HashedLead, type UpsertedLead, upsertLeads } from './upsert-leads.js';

/** Left out means unchanged; null empties the field. */
export type LeadPatch = {
  readonly [K in keyof LeadFields]?:
    | Exclude<LeadFields[K], K extends 'score' ? null : never>
    | undefined;
};

export interface LeadFilter {
  /** Any of these, exactly. */
  readonly industries?: readonly string[] | undefined;
  readonly headcounts?: readonly string[] | undefined;
  /** In name, company, e-mail, any case, or in the digits of the number. */
  readonly q?: string | undefined;
  /** Only what this agent may see: leads in queues that they may work, and leads that they called. */
  readonly visibleTo?: string | undefined;
}

export type CreateLeadAnswer =
  | { readonly kind: 'created'; readonly lead: Lead }
  /** Another lead has this number already. */
  | { readonly kind: 'duplicate'; readonly leadId: string };

export type PatchLeadAnswer =
  | { readonly kind: 'changed'; readonly lead: Lead }
  | { readonly kind: 'duplicate'; readonly leadId: string }
  | { readonly kind: 'not_found' };

export interface LeadStore {
  create(lead: LeadFields & { readonly id: string }, now: Date): Promise<CreateLeadAnswer>;
  /** `visibleTo`: an agent; null where they may not see this lead. */
  get(leadId: string, visibleTo?: string): Promise<Lead | null>;
  /** By the number that is dialed. */
  findByPhone(phone: string): Promise<Lead | null>;
  /** The further numbers of these leads; leads without any are missing. */
  phonesOf(leadIds: readonly string[]): Promise<ReadonlyMap<string, readonly LeadPhone[]>>;
  /** In the order of the ids; unknown ones are missing, and those that the agent `visibleTo` may not see. */
  getMany(leadIds: readonly string[], visibleTo?: string): Promise<readonly Lead[]>;
  list(filter: LeadFilter, sorting: LeadSorting, page: PageRequest): Promise<Page<Lead>>;
  /** What there is to filter by, among what the agent `visibleTo` may see; headcounts from small to large. */
  filterOptions(visibleTo?: string): Promise<{
    readonly industries: readonly string[];
    readonly headcounts: readonly string[];
  }>;
  /**
   * A new number or score reaches the lead's queue items in the same transaction, a suppressed number (also a further one that is the
   * person's) makes the waiting ones SUPPRESSED, and numbers of which none is suppressed set them free; not where the person asked
   * on a call not to be called: then the new number is suppressed too. A live call keeps the number that it was placed with.
   */
  patch(leadId: string, patch: LeadPatch, now: Date): Promise<PatchLeadAnswer>;
  /**
   * Lifts what the person said on calls about wanting no more calls, or about waiting; a request not to be called stays, as the
   * suppression list does. `lifted`: of so many calls.
   */
  allowContact(
    leadId: string,
  ): Promise<{ readonly lifted: number; readonly freedQueueIds: readonly string[] }>;
  /** `on_call` while a session has it: then nothing is removed. Its queue items go, its calls stay as history. */
  delete(leadId: string): Promise<DeletedLead>;
  setEnrichment(leadId: string, enrichment: Enrichment, now: Date): Promise<Lead | null>;
  /** For imports: all rows in a few statements, one transaction; the answer has the order of the rows. */
  upsertBatch(
    rows: readonly HashedLead[],
    options: UpsertOptions,
  ): Promise<readonly UpsertedLead[]>;
}

export type DeletedLead =
  /** `callbacks`: promised call-backs that went with it. */
  | { readonly kind: 'deleted'; readonly callbacks: number }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'on_call' };

/**
 * The people to call. `hashes`: by which a person is found; without them `fillPersonHashes` fills the columns in later. Who was
 * erased is in no list, and no caller writes to their row.
 */
export function createLeadStore(
  db: Kysely<Database>,
  hashes: PersonHashes | null = null,
  limits = SEARCH_LIMITS,
): LeadStore {
  const idByPhone = async (phone: string): Promise<string | undefined> =>
    (await db.selectFrom('leads').select('id').where('phone', '=', phone).executeTakeFirst())?.id;

  return {
    async create(lead, now) {
      const { furtherPhones } = lead;
      if (furtherPhones !== undefined && furtherPhones.length > 0 && !db.isTransaction) {
        return db.transaction().execute((tx) => createLeadStore(tx, hashes).create(lead, now));
      }
      for (;;) {
        const row = await db
          .insertInto('leads')
          .values({
            id: lead.id,
            ...columnsOf(lead),
            name: lead.name,
            phone: lead.phone,
            ...hashColumns(hashes, { phone: lead.phone, email: lead.email }),
            created_at: now,
            updated_at: now,
          })
          .onConflict((conflict) => conflict.column('phone').doNothing())
          .returningAll()
          .executeTakeFirst();
        if (row) {
          if (furtherPhones !== undefined) {
            await addLeadPhones(db, [{ leadId: lead.id, phones: furtherPhones }]);
          }
          return { kind: 'created', lead: leadFromRow(row) };
        }
        const leadId = await idByPhone(lead.phone);
        // Deleted in between: the number is free now.
        if (leadId !== undefined) return { kind: 'duplicate', leadId };
      }
    },

    async get(leadId, visibleTo) {
      const row = await db
        .selectFrom('leads')
        .selectAll()
        .where('id', '=', leadId)
        .where((await visibleLeads(db, visibleTo)).each)
        .executeTakeFirst();
      return row ? leadFromRow(row) : null;
    },

    async findByPhone(phone) {
      const row = await db
        .selectFrom('leads')
        .selectAll()
        .where('phone', '=', phone)
        .executeTakeFirst();
      return row ? leadFromRow(row) : null;
    },

    phonesOf: (leadIds) => readLeadPhones(db, leadIds),

    async getMany(leadIds, visibleTo) {
      const rows = await db
        .selectFrom('leads')
        .selectAll()
        .where(sql<boolean>`leads.id = any(${[...leadIds]}::uuid[])`)
        .where((await visibleLeads(db, visibleTo)).each)
        .orderBy(sql`array_position(${[...leadIds]}::uuid[], leads.id)`)
        .execute();
      return rows.map(leadFromRow);
    },

    list: (filter, sorting, page) =>
      inSnapshot(db, async (snapshot) => {
        const visible = await visibleLeads(snapshot, filter.visibleTo);
        const many = await visible.areMany();
        const walked = many && hasIndex(sorting) ? visible.each : visible.all;
        const q = searchText(filter.q);
        // Of few visible leads each can be looked at.
        if (q !== null && many) {
          return searchPage(snapshot, q, { filter, sorting, page, visible, limits });
        }
        const conditions = sql<boolean>`${filtered(filter)} and ${q === null ? sql`true` : found(q)}`;
        const matching = snapshot.selectFrom('leads').where(conditions).where(walked);
        return readPage({
          db: snapshot,
          order: leadOrder(sorting),
          page,
          rows: (_, cut) =>
            matching.selectAll().where(cut.after).orderBy(cut.orderBy).limit(cut.limit).execute(),
          total: async () => {
            if (filter.visibleTo !== undefined) {
              const some = many ? visible.each : visible.all;
              return countSome(snapshot, sql`select from leads where ${conditions} and ${some}`);
            }
            const { total } = await matching
              .select(sql<number>`count(*)::integer`.as('total'))
              .executeTakeFirstOrThrow();
            return total;
          },
          map: leadFromRow,
        });
      }),

    filterOptions: (visibleTo) =>
      inSnapshot(db, async (snapshot) => {
        const visible = visibleTo === undefined ? null : await visibleLeads(snapshot, visibleTo);
        return {
          industries: await optionsOf(snapshot, 'industry', visible),
          headcounts: await optionsOf(snapshot, 'headcount', visible),
        };
      }),

    async patch(leadId, patch, now) {
      try {
        return await inSavepoint(db, (tx) => patchLead(tx, leadId, patch, { now, hashes }));
      } catch (error) {
        if (patch.phone === undefined || !violatesUnique(error, 'leads_phone')) throw error;
        const holder = await idByPhone(patch.phone);
        if (holder === undefined) throw error;
        return { kind: 'duplicate', leadId: holder };
      }
    },

    allowContact: (leadId) =>
      inTransaction(db, async (tx) => {
        await sql`select from leads where id = ${leadId} for no key update`.execute(tx);
        const { rows } = await sql<{ call_id: string }>`
          delete from contact_stops s
          where s.effect in ('ends_everywhere', 'waits')
            and (s.lead_id = ${leadId} or s.phone = (select phone from leads where id = ${leadId}))
          returning s.call_id`.execute(tx);
        const { freedQueueIds } = await settleItems(tx, { leadIds: [leadId] });
        return { lifted: new Set(rows.map((row) => row.call_id)).size, freedQueueIds };
      }),

    delete: (leadId) => inTransaction(db, (tx) => deleteLead(tx, leadId)),

    async setEnrichment(leadId, enrichment, now) {
      const row = await db
        .updateTable('leads')
        .set({ enrichment: toJson(toStored(enrichment)), updated_at: now })
        .where('id', '=', leadId)
        .where('erased_at', 'is', null)
        .returningAll()
        .executeTakeFirst();
      return row ? leadFromRow(row) : null;
    },

    upsertBatch: (rows, options) =>
      inTransaction(db, (tx) => upsertLeads(tx, rows, { ...options, hashes })),
  };
}

/** What the leads have in this column, each once: of all, or of the visible ones. */
async function optionsOf(
  db: Kysely<Database>,
  column: 'industry' | 'headcount',
  visible: VisibleLeads | null,
): Promise<readonly string[]> {
  const name = sql.ref(column);
  const all = sql`select distinct ${name} from leads where ${name} is not null`;
  // Of many visible leads, each option is found with the first few that have it.
  const found =
    visible === null || !(await visible.areMany())
      ? sql`${all} and ${visible?.all ?? sql`true`}`
      : sql`select options.* from (${all}) options cross join lateral (
        select from leads where leads.${name} = options.${name} and ${visible.each} limit 1) seen`;
  const { rows } = await sql<{ option: string }>`
    select ${name} as option from (${found}) leads
    order by ${column === 'headcount' ? sql`${headcountNumber}, ${name}` : name}`.execute(db);
  return rows.map((row) => row.option);
}

const toStored = (enrichment: Enrichment): StoredEnrichment => ({
  provider: enrichment.provider,
  enriched_at: enrichment.enrichedAt.toISOString(),
  data: enrichment.data,
});

const columnsOf = (
  fields: Omit<LeadPatch, 'score' | 'furtherPhones'> & {
    readonly score?: number | null | undefined;
  },
) => ({
  job_title: fields.jobTitle,
  company: fields.company,
  email: fields.email,
  headcount: fields.headcount,
  industry: fields.industry,
  time_zone: fields.timeZone,
  score: fields.score ?? undefined,
});

/** `many` of them are visible. */
async function searchPage(
  db: Kysely<Database>,
  q: SearchText,
  {
    filter,
    sorting,
    page,
    visible,
    limits,
  }: {
    readonly filter: LeadFilter;
    readonly sorting: LeadSorting;
    readonly page: PageRequest;
    readonly visible: VisibleLeads;
    readonly limits: SearchLimits;
  },
): Promise<Page<Lead>> {
  const order = leadOrder(sorting);
  const list: SearchedList = {
    table: 'leads',
    id: 'id',
    columns: LISTED_COLUMNS,
    filter: sql<boolean>`${filtered(filter)} and ${visible.each}`,
    matches: found(q),
    candidates: leadCandidates(
      q.isInPlain(sql`names`),
      q.isInPlain(sql`details`),
      q.digitsAreInPlain(sql`names`),
    ),
    key: 'id',
    orderBy: orderBy(order),
    isWalkable: hasIndex(sorting),
  };
  const search = new SearchRows(db, list, limits);
  return readPage({
    db,
    order,
    page,
    rows: async (on, cut) => {
      const ids = [...(await search.ids(cut))];
      return on
        .selectFrom('leads')
        .selectAll()
        .where(sql<boolean>`leads.id = any(${ids}::uuid[])`)
        .orderBy(cut.orderBy)
        .execute();
    },
    total: () => search.total(),
    map: leadFromRow,
  });
}

/** What a list searches and sorts by. */
const LISTED_COLUMNS = [
  'id',
  'name',
  'phone',
  'company',
  'email',
  'headcount',
  'score',
  'created_at',
  'updated_at',
];

const found = (q: SearchText) =>
  sql<boolean>`(
    ${q.isIn(sql`leads.name`, sql`leads.company`, sql`leads.email`)}
    or ${q.digits === null ? sql`false` : sql`leads.phone like ${q.digits}`})`;

/** All but the search. */
function filtered(filter: LeadFilter) {
  const conditions = [sql<boolean>`leads.erased_at is null`];
  if (filter.industries?.length) {
    conditions.push(sql`leads.industry = any(${[...filter.industries]}::text[])`);
  }
  if (filter.headcounts?.length) {
    conditions.push(sql`leads.headcount = any(${[...filter.headcounts]}::text[])`);
  }
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

async function patchLead(
  tx: Kysely<Database>,
  leadId: string,
  patch: LeadPatch,
  { now, hashes }: { readonly now: Date; readonly hashes: PersonHashes | null },
): Promise<PatchLeadAnswer> {
  const before = await tx
    .selectFrom('leads')
    .select(['phone', 'score', 'time_zone'])
    .where('id', '=', leadId)
    .where('erased_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!before) return { kind: 'not_found' };
  if (patch.phone !== undefined && patch.phone !== before.phone) {
    // Asked first, because a refused statement would end a transaction that the caller may want to go on with.
    const holder = await tx
      .selectFrom('leads')
      .select('id')
      .where('phone', '=', patch.phone)
      .executeTakeFirst();
    if (holder) return { kind: 'duplicate', leadId: holder.id };
  }
  const row = await tx
    .updateTable('leads')
    .set({
      name: patch.name,
      phone: patch.phone,
      ...columnsOf(patch),
      ...hashColumns(hashes, patch),
      updated_at: now,
    })
    .where('id', '=', leadId)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (row.phone !== before.phone || row.score !== before.score) {
    await carryToItems(tx, { leadId, phone: row.phone, score: row.score });
  }
  if (row.phone !== before.phone || row.time_zone !== before.time_zone) {
    await releaseHeldItems(tx, leadId, now);
  }
  if (row.phone !== before.phone) {
    await tx
      .deleteFrom('lead_phones')
      .where('lead_id', '=', leadId)
      .where('phone', '=', row.phone)
      .execute();
  }
  if (patch.furtherPhones !== undefined) {
    await replaceLeadPhones(tx, { leadId, phones: patch.furtherPhones });
  }
  if (row.phone !== before.phone) await followPersons(tx, [leadId]);
  return { kind: 'changed', lead: leadFromRow(row) };
}

/** Deferred for calling hours somewhere else: the next claim looks at them anew. */
async function releaseHeldItems(tx: Kysely<Database>, leadId: string, now: Date): Promise<void> {
  await sql`
    update queue_items set due_at = ${now}, held_reason = null
    where id in (
      select id from queue_items
      where lead_id = ${leadId} and state = 'PENDING' and held_reason is not null
      order by id for update)`.execute(tx);
}

/** Items are locked in the order of their ids, here and wherever several are, so that two such writers cannot deadlock. */
async function carryToItems(
  tx: Kysely<Database>,
  lead: { readonly leadId: string; readonly phone: string; readonly score: number },
): Promise<void> {
  await sql`
    update queue_items set phone = ${lead.phone}, score = ${lead.score}
    where id in (select id from queue_items where lead_id = ${lead.leadId} order by id for update)`.execute(
    tx,
  );
  await settleItems(tx, { leadIds: [lead.leadId] });
}

async function deleteLead(tx: Kysely<Database>, leadId: string): Promise<DeletedLead> {
  // The lead cannot be put into a queue while its row is locked; and a claim under way holds its item, which the second
  // lock waits for. After both, nothing about the lead can change any more.
  const lead = await tx
    .selectFrom('leads')
    .select('id')
    .where('id', '=', leadId)
    .forUpdate()
    .executeTakeFirst();
  if (!lead) return { kind: 'not_found' };
  const items = await tx
    .selectFrom('queue_items')
    .select(['state', 'callback'])
    .where('lead_id', '=', leadId)
    .orderBy('id')
    .forUpdate()
    .execute();
  const live = await tx
    .selectFrom('calls')
    .select('id')
    .where('lead_id', '=', leadId)
    .where('state', '<>', 'COMPLETED')
    .executeTakeFirst();
  if (live || items.some((item) => item.state === 'CLAIMED')) return { kind: 'on_call' };
  await tx.deleteFrom('queue_items').where('lead_id', '=', leadId).execute();
  await tx.deleteFrom('leads').where('id', '=', leadId).execute();
  const callbacks = items.filter(({ state, callback }) => callback && state === 'PENDING').length;
  return { kind: 'deleted', callbacks };
}
