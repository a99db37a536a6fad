import type { Enrichment, Ids, Lead } from '@outdial/core';
import { type Kysely, sql } from 'kysely';
import type { Database, StoredEnrichment } from '../database.js';
import { leadFromRow } from '../map-rows.js';
import { countSome, type Page, type PageRequest, readPage } from '../read/page.js';
import { searchText } from '../read/search-text.js';
import { type VisibleLeads, visibleLeads } from '../read/visible.js';
import { toJson } from '../to-json.js';
import { inTransaction } from './in-transaction.js';
import { hasIndex, headcountNumber, type LeadSorting, leadOrder } from './lead-order.js';
import { hashColumns, type PersonHashes } from './person-hashes.js';
import { violatesUnique } from './unique-violation.js';
import { type UpsertedLead, upsertLeads } from './upsert-leads.js';

/** What people bring of a lead; `phone` is E.164 already. */
export interface LeadFields {
  readonly name: string;
  readonly phone: string;
  readonly jobTitle?: string | null | undefined;
  readonly company?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly headcount?: string | null | undefined;
  readonly industry?: string | null | undefined;
  readonly timeZone?: string | null | undefined;
  readonly score?: number | null | undefined;
}

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
  /** Only what this agent may see: leads in queues that they may work, and those whom they called. */
  readonly visibleTo?: string | undefined;
}

export interface UpsertOptions {
  /** What happens to a number that is a lead already. `update` writes what the row has and keeps what it leaves empty. */
  readonly duplicates: 'skip' | 'update';
  /** Also put every lead of the batch into this queue. */
  readonly queueId?: string | undefined;
  /** The place of the first row among the queue's leads of the same `now`; an import gives the number of its row. */
  readonly firstPosition?: number | undefined;
  readonly now: Date;
  readonly ids: Ids;
}

export type CreateLeadAnswer =
  | { readonly kind: 'created'; readonly lead: Lead }
  /** Somebody has this number already. */
  | { readonly kind: 'duplicate'; readonly leadId: string };

export type PatchLeadAnswer =
  | { readonly kind: 'changed'; readonly lead: Lead }
  | { readonly kind: 'duplicate'; readonly leadId: string }
  | { readonly kind: 'not_found' };

export interface LeadStore {
  create(lead: LeadFields & { readonly id: string }, now: Date): Promise<CreateLeadAnswer>;
  /** `visibleTo`: an agent; null where they may not see this lead. */
  get(leadId: string, visibleTo?: string): Promise<Lead | null>;
  findByPhone(phone: string): Promise<Lead | null>;
  /** In the order of the ids; unknown ones are missing, and those that the agent `visibleTo` may not see. */
  getMany(leadIds: readonly string[], visibleTo?: string): Promise<readonly Lead[]>;
  list(filter: LeadFilter, sorting: LeadSorting, page: PageRequest): Promise<Page<Lead>>;
  /** What there is to filter by, among what the agent `visibleTo` may see; headcounts from small to large. */
  filterOptions(visibleTo?: string): Promise<{
    readonly industries: readonly string[];
    readonly headcounts: readonly string[];
  }>;
  /**
   * A new number or score reaches the lead's queue items in the same transaction, a suppressed number makes the waiting
   * ones SUPPRESSED, and one that is not suppressed sets them free. A live call keeps the number that it was placed with.
   */
  patch(leadId: string, patch: LeadPatch, now: Date): Promise<PatchLeadAnswer>;
  /** `on_call` while a session has it: then nothing is removed. Its queue items go, its calls stay as history. */
  delete(leadId: string): Promise<'deleted' | 'not_found' | 'on_call'>;
  setEnrichment(leadId: string, enrichment: Enrichment, now: Date): Promise<Lead | null>;
  /** For imports: all rows in a few statements, one transaction; the answer has the order of the rows. */
  upsertBatch(
    rows: readonly LeadFields[],
    options: UpsertOptions,
  ): Promise<readonly UpsertedLead[]>;
}

/**
 * The people to call. `hashes`: by which a person is found; without them `fillPersonHashes` fills the columns in later. Who was
 * erased is in no list, and nobody writes to their row.
 */
export function createLeadStore(
  db: Kysely<Database>,
  hashes: PersonHashes | null = null,
): LeadStore {
  const idByPhone = async (phone: string): Promise<string | undefined> =>
    (await db.selectFrom('leads').select('id').where('phone', '=', phone).executeTakeFirst())?.id;

  return {
    async create(lead, now) {
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
        if (row) return { kind: 'created', lead: leadFromRow(row) };
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

    async list(filter, sorting, page) {
      const visible = await visibleLeads(db, filter.visibleTo);
      const many = await visible.areMany();
      const walked = many && hasIndex(sorting) ? visible.each : visible.all;
      const matching = db.selectFrom('leads').where(matches(filter)).where(walked);
      return readPage({
        order: leadOrder(sorting),
        page,
        rows: (cut) =>
          matching.selectAll().where(cut.after).orderBy(cut.orderBy).limit(cut.limit).execute(),
        total: async () => {
          if (filter.visibleTo !== undefined) {
            const some = many ? visible.each : visible.all;
            return countSome(db, sql`select from leads where ${matches(filter)} and ${some}`);
          }
          const { total } = await matching
            .select(sql<number>`count(*)::integer`.as('total'))
            .executeTakeFirstOrThrow();
          return total;
        },
        map: leadFromRow,
      });
    },

    async filterOptions(visibleTo) {
      const visible = visibleTo === undefined ? null : await visibleLeads(db, visibleTo);
      return {
        industries: await optionsOf(db, 'industry', visible),
        headcounts: await optionsOf(db, 'headcount', visible),
      };
    },

    async patch(leadId, patch, now) {
      try {
        return await inTransaction(db, (tx) => patchLead(tx, leadId, patch, { now, hashes }));
      } catch (error) {
        if (patch.phone === undefined || !violatesUnique(error, 'leads_phone')) throw error;
        const holder = await idByPhone(patch.phone);
        if (holder === undefined) throw error;
        return { kind: 'duplicate', leadId: holder };
      }
    },

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
  fields: Omit<LeadPatch, 'score'> & { readonly score?: number | null | undefined },
) => ({
  job_title: fields.jobTitle,
  company: fields.company,
  email: fields.email,
  headcount: fields.headcount,
  industry: fields.industry,
  time_zone: fields.timeZone,
  score: fields.score ?? undefined,
});

function matches(filter: LeadFilter) {
  const conditions = [sql<boolean>`leads.erased_at is null`];
  if (filter.industries?.length) {
    conditions.push(sql`leads.industry = any(${[...filter.industries]}::text[])`);
  }
  if (filter.headcounts?.length) {
    conditions.push(sql`leads.headcount = any(${[...filter.headcounts]}::text[])`);
  }
  const q = searchText(filter.q);
  if (q) {
    const inPhone = q.digits === null ? sql`false` : sql`leads.phone like ${q.digits}`;
    conditions.push(
      sql`(leads.name ilike ${q.text} or leads.company ilike ${q.text} or leads.email ilike ${q.text} or ${inPhone})`,
    );
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
    .select(['phone', 'score'])
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
  return { kind: 'changed', lead: leadFromRow(row) };
}

/** Items are locked in the order of their ids, here and wherever several are, so that two such writers cannot deadlock. */
async function carryToItems(
  tx: Kysely<Database>,
  lead: { readonly leadId: string; readonly phone: string; readonly score: number },
): Promise<void> {
  await sql`
    update queue_items set
      phone = ${lead.phone},
      score = ${lead.score},
      state = case
        when phone = ${lead.phone} then state
        when state = 'PENDING' and suppressed then 'SUPPRESSED'
        when state = 'SUPPRESSED' and not suppressed then 'PENDING'
        else state
      end
    from (select exists (select from suppressions where phone = ${lead.phone}) as suppressed) s
    where id in (select id from queue_items where lead_id = ${lead.leadId} order by id for update)`.execute(
    tx,
  );
}

async function deleteLead(
  tx: Kysely<Database>,
  leadId: string,
): Promise<'deleted' | 'not_found' | 'on_call'> {
  // Nobody can put the lead into a queue while its row is locked; and a claim under way holds its item, which the second
  // lock waits for. After both, nothing about the lead can change any more.
  const lead = await tx
    .selectFrom('leads')
    .select('id')
    .where('id', '=', leadId)
    .forUpdate()
    .executeTakeFirst();
  if (!lead) return 'not_found';
  const items = await tx
    .selectFrom('queue_items')
    .select('state')
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
  if (live || items.some((item) => item.state === 'CLAIMED')) return 'on_call';
  await tx.deleteFrom('queue_items').where('lead_id', '=', leadId).execute();
  await tx.deleteFrom('leads').where('id', '=', leadId).execute();
  return 'deleted';
}
