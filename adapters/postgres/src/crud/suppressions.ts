import type { NewSuppression } from '@outdial/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database, SuppressionsTable } from '../database.js';
import { countRows, type Order, type Page, type PageRequest, readPage } from '../read/page.js';
import { searchText } from '../read/search-text.js';
import { inTransaction } from './in-transaction.js';
import { ERASED } from './people.js';

export interface Suppression extends NewSuppression {
  readonly createdAt: Date;
}

export interface SuppressionStore {
  /** `q`: in the number's digits or the reason. Newest first. */
  list(filter: { readonly q?: string | undefined }, page: PageRequest): Promise<Page<Suppression>>;
  get(phone: string): Promise<Suppression | null>;
  /**
   * From now on none of these numbers is claimed (P8), and their waiting items in every queue are SUPPRESSED. A number
   * that is on the list already keeps its first reason. `queueIds`: the queues whose items changed.
   */
  add(
    suppressions: readonly NewSuppression[],
    now: Date,
  ): Promise<{
    readonly added: number;
    readonly alreadyThere: number;
    readonly queueIds: readonly string[];
  }>;
  /** Its SUPPRESSED items wait again. `removed` is false when the number was not on the list. */
  remove(
    phone: string,
  ): Promise<{ readonly removed: boolean; readonly queueIds: readonly string[] }>;
}

/** The numbers that must never be dialed. */
export function createSuppressionStore(db: Kysely<Database>): SuppressionStore {
  return {
    async list({ q }, page) {
      const search = searchText(q);
      const inPhone = search?.digits ? sql`phone like ${search.digits}` : sql`false`;
      const matching = db
        .selectFrom('suppressions')
        // What stands in place of an erased person's number is nothing to show.
        .where('phone', 'not like', `${ERASED}%`)
        .where(
          search ? sql<boolean>`(reason ilike ${search.text} or ${inPhone})` : sql<boolean>`true`,
        );
      return readPage({
        order: NEWEST_FIRST,
        page,
        rows: (cut) =>
          matching.selectAll().where(cut.after).orderBy(cut.orderBy).limit(cut.limit).execute(),
        total: () => countRows(matching),
        map: toSuppression,
      });
    },

    async get(phone) {
      const row = await db
        .selectFrom('suppressions')
        .selectAll()
        .where('phone', '=', phone)
        .executeTakeFirst();
      return row ? toSuppression(row) : null;
    },

    add: (suppressions, now) =>
      inTransaction(db, async (tx) => {
        const byPhone = new Map(suppressions.map((each) => [each.phone, each]));
        const given = [...byPhone.values()];
        const { rows: added } = await sql<{ phone: string }>`
          insert into suppressions (phone, reason, source, created_at)
          select phone, reason, source, ${now}::timestamptz
          from unnest(
            ${given.map((each) => each.phone)}::text[],
            ${given.map((each) => each.reason)}::text[],
            ${given.map((each) => each.source)}::text[]
          ) as given (phone, reason, source)
          order by phone
          on conflict (phone) do nothing
          returning phone`.execute(tx);
        // All given numbers, not only the new ones: an item that slipped in while its number was being added is mended.
        const queueIds = await moveItems(tx, [...byPhone.keys()], {
          from: 'PENDING',
          to: 'SUPPRESSED',
        });
        return { added: added.length, alreadyThere: given.length - added.length, queueIds };
      }),

    remove: (phone) =>
      inTransaction(db, async (tx) => {
        const removed = await tx
          .deleteFrom('suppressions')
          .where('phone', '=', phone)
          .returning('phone')
          .executeTakeFirst();
        if (!removed) return { removed: false, queueIds: [] };
        return {
          removed: true,
          queueIds: await moveItems(tx, [phone], { from: 'SUPPRESSED', to: 'PENDING' }),
        };
      }),
  };
}

async function moveItems(
  tx: Kysely<Database>,
  phones: readonly string[],
  { from, to }: { readonly from: 'PENDING' | 'SUPPRESSED'; readonly to: 'PENDING' | 'SUPPRESSED' },
): Promise<readonly string[]> {
  // The index on phone holds PENDING items only; the others are found by their lead.
  const found =
    from === 'PENDING'
      ? sql`phone = any(${[...phones]}::text[])`
      : sql`lead_id in (select id from leads where phone = any(${[...phones]}::text[]))`;
  const { rows } = await sql<{ queue_id: string }>`
    update queue_items set state = ${to}
    where id in (
      select id from queue_items where state = ${sql.lit(from)} and ${found} order by id for update
    )
    returning queue_id`.execute(tx);
  return [...new Set(rows.map((row) => row.queue_id))];
}

const toSuppression = (row: Selectable<SuppressionsTable>): Suppression => ({
  phone: row.phone,
  reason: row.reason,
  source: row.source,
  createdAt: row.created_at,
});

const NEWEST_FIRST: Order<Selectable<SuppressionsTable>> = {
  name: 'suppressions',
  keys: [
    {
      expression: sql.ref('suppressions.created_at'),
      type: 'timestamptz',
      descending: true,
      value: (row) => row.created_at,
    },
    {
      expression: sql.ref('suppressions.phone'),
      type: 'text',
      descending: true,
      value: (row) => row.phone,
    },
  ],
};
