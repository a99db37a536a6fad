import type { NewSuppression } from '@outdial/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import { settleItems } from '../dialing/contact-hold.js';
import type { Database, SuppressionsTable } from '../engine/database.js';
import { inTransaction } from '../engine/in-transaction.js';
import { countRows, type Order, type Page, type PageRequest, readPage } from '../engine/page.js';
import { searchText } from '../engine/search-text.js';
import { ERASED } from '../privacy/data-subjects.js';

export interface Suppression extends NewSuppression {
  readonly createdAt: Date;
}

export interface AddedToList {
  readonly added: number;
  readonly alreadyThere: number;
  readonly queueIds: readonly string[];
}

export interface SuppressionStore {
  /** `q`: in the number's digits or the reason. Newest first. */
  list(filter: { readonly q?: string | undefined }, page: PageRequest): Promise<Page<Suppression>>;
  get(phone: string): Promise<Suppression | null>;
  /**
   * From now on none of these numbers is claimed (P8), and their waiting items in every queue are SUPPRESSED. A number
   * that is on the list already keeps its first reason. `queueIds`: the queues whose items changed.
   */
  add(suppressions: readonly NewSuppression[], now: Date): Promise<AddedToList>;
  /**
   * The same for an actor who may add only so many numbers within `withinMs`, from the first of them on: all of these, or none
   * and `over_share`. Numbers that are on the list already count too. Requests of one actor come one after the other here.
   */
  addWithinShare(
    suppressions: readonly NewSuppression[],
    now: Date,
    share: {
      readonly actorId: string;
      readonly numbersAtMost: number;
      readonly withinMs: number;
    },
  ): Promise<AddedToList | 'over_share'>;
  /**
   * Takes them off the list, also where a person asked on a call; their items wait again unless another
   * number of the lead is on the list. `removed`: those that were on it.
   */
  remove(phones: readonly string[]): Promise<{
    readonly removed: readonly string[];
    readonly queueIds: readonly string[];
  }>;
}

/** The numbers that must never be dialed. */
export function createSuppressionStore(db: Kysely<Database>): SuppressionStore {
  return {
    async list({ q }, page) {
      const search = searchText(q);
      const inPhone = search?.digits ? sql`phone like ${search.digits}` : sql`false`;
      const matching = (on: Kysely<Database>) =>
        on
          .selectFrom('suppressions')
          // What stands in place of an erased person's number is nothing to show.
          .where('phone', 'not like', `${ERASED}%`)
          .where(
            search ? sql<boolean>`(${search.isIn(sql`reason`)} or ${inPhone})` : sql<boolean>`true`,
          );
      return readPage({
        db,
        order: NEWEST_FIRST,
        page,
        rows: (on, cut) =>
          matching(on).selectAll().where(cut.after).orderBy(cut.orderBy).limit(cut.limit).execute(),
        total: (on) => countRows(matching(on)),
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

    add: (suppressions, now) => inTransaction(db, (tx) => add(tx, suppressions, now)),

    addWithinShare: (suppressions, now, { actorId, numbersAtMost, withinMs }) =>
      inTransaction(db, async (tx) => {
        const count = new Set(suppressions.map(({ phone }) => phone)).size;
        const over = new Date(now.getTime() - withinMs);
        // The row stays locked until the numbers are on the list, so that what comes beside it sees them counted.
        const { rows } = await sql`
          insert into suppression_shares as s (actor_id, since, numbers)
          select ${actorId}::text, ${now}::timestamptz, ${count}::integer where ${count}::integer <= ${numbersAtMost}::integer
          on conflict (actor_id) do update
          set since = case when s.since <= ${over} then excluded.since else s.since end,
              numbers = case when s.since <= ${over} then 0 else s.numbers end + excluded.numbers
          where case when s.since <= ${over} then 0 else s.numbers end + excluded.numbers <= ${numbersAtMost}::integer
          returning s.actor_id`.execute(tx);
        return rows.length === 0 ? 'over_share' : add(tx, suppressions, now);
      }),

    remove: (phones) =>
      inTransaction(db, async (tx) => {
        const given = [...new Set(phones)].sort();
        const { rows: removed } = await sql<{ phone: string }>`
          delete from suppressions where phone in (
            select phone from suppressions where phone = any(${given}::text[]) order by phone for update
          ) returning phone`.execute(tx);
        const gone = removed.map((row) => row.phone);
        await sql`
          delete from contact_stops
          where phone = any(${gone}::text[]) and effect in ('suppress_number', 'suppress_person')`.execute(
          tx,
        );
        const { queueIds } = await settleItems(tx, { phones: gone });
        return { removed: gone, queueIds };
      }),
  };
}

async function add(
  tx: Kysely<Database>,
  suppressions: readonly NewSuppression[],
  now: Date,
): Promise<AddedToList> {
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
  // All given numbers, not only the new ones: an item that slipped in while its number was being added is corrected.
  const { queueIds } = await settleItems(tx, { phones: [...byPhone.keys()] });
  return { added: added.length, alreadyThere: given.length - added.length, queueIds };
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
