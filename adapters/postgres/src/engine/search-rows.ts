import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from './database.js';
import { type Cut, countSome, type Estimate } from './page.js';

export interface SearchLimits {
  /** Rows in the order of the list that are looked at before the index is asked: enough for words that every fortieth row has. */
  readonly firstWalk: number;
  /** For a word that more than `gathered` rows have: enough where they lie evenly among millions. */
  readonly longWalk: number;
  /** Matching rows that are gathered and sorted at most. It is also how far totals are exact, see `countSome`. */
  readonly gathered: number;
  /** Rows in which matches are counted for an estimate. */
  readonly sample: number;
}

export const SEARCH_LIMITS: SearchLimits = {
  firstWalk: 2_000,
  longWalk: 30_000,
  gathered: 10_000,
  sample: 2_000,
};

/** Rows that walking on may take after a first walk that found some: beyond, asking the index takes no longer. */
const WALK_ROWS_AT_MOST = 10_000;

/** A list with a search in it. Expressions name the columns of `table`. */
export interface SearchedList {
  readonly table: 'calls' | 'leads' | 'audit_log';
  readonly id: 'id' | 'seq';
  /** Which of its columns `matches` and the order need. */
  readonly columns: readonly string[];
  /** What else the list filters by. */
  readonly filter: RawBuilder<boolean>;
  /** The search. */
  readonly matches: RawBuilder<boolean>;
  /** A query for `key`: no match has another one. Rows that it finds and that do not match are dropped. */
  readonly candidates: RawBuilder<unknown>;
  /** The column of `table` that holds the candidates' key; it has an index. */
  readonly key: string;
  readonly orderBy: RawBuilder<unknown>;
  /** Whether an index has the rows in this order, so that walking ends with the page. */
  readonly isWalkable: boolean;
}

/**
 * Finds the rows of a page of a list with a search, the same ones in the same order as a walk over all of them, without it: the
 * planner cannot know how many rows have a word, so the ways are tried from the cheapest on.
 *
 * 1. Walk the first few thousand rows of the list: fills the page where many match; a longer one where it nearly did.
 * 2. Ask the index for all matches, up to `gathered`, and sort them: where few match.
 * 3. Walk on, for a word of many matches that lie thinly here.
 * 4. Gather all candidates and walk with them: for a word of many matches, all of them far from here.
 *
 * One of these per request, within one snapshot.
 */
export class SearchRows {
  /** All matches, when there are no more than `gathered`. */
  #total: number | undefined;
  /** Of the list's first rows, where the page began there. */
  #sample: { readonly walked: number; readonly matched: number } | undefined;

  constructor(
    private readonly db: Kysely<Database>,
    private readonly list: SearchedList,
    private readonly limits: SearchLimits,
  ) {}

  /** Ids of the rows behind the cut, in no order. */
  async ids(cut: Cut): Promise<readonly string[]> {
    const { firstWalk, longWalk } = this.limits;
    if (this.list.isWalkable) {
      const first = await this.#walk(cut, firstWalk);
      if (first.found.length >= cut.limit || first.walked < firstWalk) return first.found;
      const needed = Math.ceil((1.5 * cut.limit * firstWalk) / first.found.length);
      if (needed <= WALK_ROWS_AT_MOST) {
        const second = await this.#walk(cut, needed);
        if (second.found.length >= cut.limit || second.walked < needed) return second.found;
      }
    }
    const gathered = await this.#gather(cut);
    if (gathered !== null) return gathered;
    if (this.list.isWalkable) {
      const long = await this.#walk(cut, longWalk);
      if (long.found.length >= cut.limit || long.walked < longWalk) return long.found;
    }
    return this.#walkWithCandidates(cut);
  }

  /** Exact up to ten thousand matches where the index was asked or the list is short; else what the first rows of the list let expect. */
  async total(): Promise<number | Estimate> {
    if (this.#total !== undefined) return this.#total;
    const { table, filter } = this.list;
    const { walked, matched } = this.#sample ?? (await this.#readSample());
    if (walked < this.limits.sample) return matched;
    const all = await countSome(this.db, sql`select from ${sql.table(table)} where ${filter}`);
    const expected = ((typeof all === 'number' ? all : all.about) * matched) / walked;
    return { about: Math.max(matched, Number(expected.toPrecision(2))) };
  }

  async #readSample() {
    const { columns, table, filter, matches, orderBy } = this.list;
    const order = this.list.isWalkable ? sql`order by ${orderBy}` : sql``;
    const { rows } = await sql<{ walked: number; matched: number }>`
      select count(*)::integer as walked, (count(*) filter (where ${matches}))::integer as matched
      from (select ${names(columns)} from ${sql.table(table)} where ${filter} ${order} limit ${sql.lit(this.limits.sample)}) ${sql.table(table)}`.execute(
      this.db,
    );
    return rows[0] ?? { walked: 0, matched: 0 };
  }

  /** How many match, exactly, however long it takes. */
  async count(): Promise<number> {
    const { candidates, table, filter, matches } = this.list;
    await this.#gather(NOTHING);
    if (this.#total !== undefined) return this.#total;
    const { rows } = await sql<{ count: number }>`
      with candidates (key) as materialized (${candidates})
      select count(*)::integer as count from ${sql.table(table)}
      where ${filter} and ${this.#isCandidate()} and ${matches}`.execute(this.db);
    return rows[0]?.count ?? 0;
  }

  async #walk(cut: Cut, length: number) {
    const { columns, table, id, filter, matches, orderBy } = this.list;
    const { rows } = await sql<{ walked: number; matched: number; found: readonly string[] }>`
      with walked as materialized (
        select ${names(columns)} from ${sql.table(table)}
        where ${filter} and ${cut.after} order by ${orderBy} limit ${sql.lit(length)}
      ), matching as materialized (select * from walked ${sql.table(table)} where ${matches})
      select (select count(*)::integer from walked) as walked,
        (select count(*)::integer from matching) as matched,
        array(
          select ${sql.ref(`${table}.${id}`)}::text from matching ${sql.table(table)}
          order by ${orderBy} limit ${cut.limit}
        ) as found`.execute(this.db);
    const walk = rows[0] ?? { walked: 0, matched: 0, found: [] };
    if (cut.isFirst && walk.walked >= this.limits.sample) this.#sample = walk;
    return walk;
  }

  /** null: too many. */
  async #gather(cut: Cut): Promise<readonly string[] | null> {
    const { columns, table, id, key, candidates, filter, matches, orderBy } = this.list;
    // Each candidate's rows by the index, until there are too many; `offset 0`: not joined in any other way.
    const { rows } = await sql<{ total: number; found: readonly string[] }>`
      with candidates (key) as materialized (${candidates}),
      matching as materialized (
        select m.* from candidates cross join lateral (
          select ${names(columns)} from ${sql.table(table)}
          where ${sql.ref(`${table}.${key}`)} = candidates.key and ${filter} and ${matches} offset 0
        ) m limit ${sql.lit(this.limits.gathered + 1)}
      )
      select (select count(*)::integer from matching) as total,
        array(
          select ${sql.ref(`${table}.${id}`)}::text from matching ${sql.table(table)} where ${cut.after}
          order by ${orderBy} limit ${cut.limit}
        ) as found`.execute(this.db);
    const { total, found } = rows[0] ?? { total: 0, found: [] };
    if (total > this.limits.gathered) return null;
    this.#total = total;
    return found;
  }

  async #walkWithCandidates(cut: Cut): Promise<readonly string[]> {
    const { table, id, candidates, filter, matches, orderBy } = this.list;
    await sql`select set_config('work_mem', '64MB', true)`.execute(this.db);
    const { rows } = await sql<{ id: string }>`
      with candidates (key) as materialized (${candidates})
      select ${sql.ref(`${table}.${id}`)}::text as id from ${sql.table(table)}
      where ${filter} and ${cut.after} and ${this.#isCandidate()} and ${matches}
      order by ${orderBy} limit ${cut.limit}`.execute(this.db);
    return rows.map((row) => row.id);
  }

  /**
   * In a `case`, which the planner looks up in a hash for each row, in the order of the list: it expects few and would sort. Where
   * all have to be sorted anyway, the candidates are looked up one by one.
   */
  #isCandidate(): RawBuilder<boolean> {
    const key = sql.ref(`${this.list.table}.${this.list.key}`);
    if (!this.list.isWalkable) return sql<boolean>`${key} in (select key from candidates)`;
    return sql<boolean>`case when ${key} in (select key from candidates) then true else false end`;
  }
}

const names = (columns: readonly string[]) => sql.join(columns.map((column) => sql.ref(column)));

const NOTHING: Cut = { after: sql<boolean>`false`, orderBy: sql`1`, limit: 0, isFirst: false };

/**
 * Leads of which one of these is true, and those that are not in the index yet. Each in a query of its own: joined by `or` the index's
 * condition is computed again for each row that it found, 40 us a row.
 */
export const leadCandidates = (
  ...conditions: readonly RawBuilder<boolean>[]
): RawBuilder<unknown> =>
  sql.join(
    [
      ...conditions.map((condition) => sql`select lead_id from lead_search where ${condition}`),
      sql`select unnest(lead_ids) from lead_search_queue`,
    ],
    sql` union `,
  );
