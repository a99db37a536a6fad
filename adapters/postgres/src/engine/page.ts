import { type Kysely, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import type { Database } from './database.js';
import { inSnapshot } from './snapshot.js';

/** Which part of a list: at most `limit` rows, after the row that `cursor` stands for. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly rows: readonly T[];
  /** All rows that match, not only this page. */
  readonly total: number;
  /** Only where so many match that counting them would take long: see `countSome`. */
  readonly totalIsEstimate?: boolean;
  /** null on the last page. */
  readonly nextCursor: string | null;
}

/** A cursor that this list, in this order, did not make. */
export class BadCursor extends Error {
  readonly code = 'BAD_CURSOR';

  constructor(message = 'The cursor was not made by this list.', options?: { cause: unknown }) {
    super(message, options);
    this.name = 'BadCursor';
  }
}

type KeyType = 'text' | 'integer' | 'boolean' | 'timestamptz' | 'uuid' | 'date';
type KeyValue = string | number | boolean | Date;

/** One column of an order. `value` reads from a row what `expression` computes; neither may be null. */
export interface SortKey<Row> {
  readonly expression: RawBuilder<unknown>;
  readonly type: KeyType;
  readonly descending?: boolean;
  value(row: Row): KeyValue;
}

/** An order that pages can be cut from: its keys together are unique. `name` marks its cursors as its own. */
export interface Order<Row> {
  readonly name: string;
  readonly keys: readonly SortKey<Row>[];
}

/** What a list puts into its query. */
export interface Cut {
  readonly after: RawBuilder<boolean>;
  readonly orderBy: RawBuilder<unknown>;
  /** One row more than asked for, which tells whether there is a next page. */
  readonly limit: number;
  /** Whether `after` cuts nothing off. */
  readonly isFirst: boolean;
}

/**
 * Reads one page in one snapshot: `rows` runs the query with the cut, `total` counts without it, both on the database that
 * they are given. A first page that is not full is all there is, and nothing is counted.
 */
export async function readPage<Row, T>(list: {
  readonly db: Kysely<Database>;
  readonly order: Order<Row>;
  readonly page: PageRequest;
  readonly rows: (db: Kysely<Database>, cut: Cut) => Promise<readonly Row[]>;
  readonly total: (db: Kysely<Database>) => Promise<number | Estimate>;
  readonly map: (row: Row) => T;
}): Promise<Page<T>> {
  const { order, page } = list;
  const cut = {
    after: afterCursor(order, page.cursor),
    orderBy: orderBy(order),
    limit: page.limit + 1,
    isFirst: page.cursor === undefined,
  };
  const { found, total } = await inSnapshot(list.db, async (db) => {
    const found = await list.rows(db, cut);
    const isAll = page.cursor === undefined && found.length <= page.limit;
    return { found, total: isAll ? found.length : await list.total(db) };
  });
  const rows = found.slice(0, page.limit);
  const last = rows.at(-1);
  return {
    rows: rows.map(list.map),
    ...(typeof total === 'number' ? { total } : { total: total.about, totalIsEstimate: true }),
    nextCursor: found.length > page.limit && last !== undefined ? cursorOf(order, last) : null,
  };
}

/** Opaque to callers: the last row's sort values under the name of their order. */
export function cursorOf<Row>(order: Order<Row>, row: Row): string {
  const values = order.keys.map((key) => {
    const value = key.value(row);
    return value instanceof Date ? value.toISOString() : value;
  });
  return Buffer.from(JSON.stringify([order.name, ...values])).toString('base64url');
}

/** Only the rows behind the cursor's; every row without a cursor. Throws `BadCursor`. */
export function afterCursor<Row>(
  order: Order<Row>,
  cursor: string | undefined,
): RawBuilder<boolean> {
  if (cursor === undefined) return sql<boolean>`true`;
  const values = readCursor(order, cursor);
  const bound = order.keys.map((key, at) => sql`${values[at]}::${sql.raw(key.type)}`);
  const descending = order.keys.map((key) => key.descending === true);
  if (descending.every((each) => each === descending[0])) {
    // One direction: a row comparison, which an index on the same columns answers by starting there.
    const sign = sql.raw(descending[0] ? '<' : '>');
    const keys = order.keys.map((key) => key.expression);
    return sql<boolean>`(${sql.join(keys)}) ${sign} (${sql.join(bound)})`;
  }
  const beyond = order.keys.map((key, at) => {
    const equal = order.keys.slice(0, at).map((k, i) => sql`${k.expression} = ${bound[i]}`);
    const sign = sql.raw(descending[at] ? '<' : '>');
    return sql`(${sql.join([...equal, sql`${key.expression} ${sign} ${bound[at]}`], sql` and `)})`;
  });
  return sql<boolean>`(${sql.join(beyond, sql` or `)})`;
}

export function orderBy<Row>(order: Order<Row>): RawBuilder<unknown> {
  return sql.join(
    order.keys.map((key) => sql`${key.expression} ${sql.raw(key.descending ? 'desc' : 'asc')}`),
  );
}

function readCursor<Row>(
  order: Order<Row>,
  cursor: string,
): readonly (string | number | boolean)[] {
  const parsed = parse(cursor);
  if (!Array.isArray(parsed) || parsed.length !== order.keys.length + 1) throw new BadCursor();
  const [name, ...values] = parsed as unknown[];
  if (name !== order.name) throw new BadCursor();
  return values.map((value, at) => {
    const key = order.keys[at];
    if (key === undefined || !fits(key.type, value)) throw new BadCursor();
    return value;
  });
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (cause) {
    throw new BadCursor('The cursor cannot be read.', { cause });
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** PostgreSQL would refuse anything else with an error of its own, so nothing else may reach it. */
function fits(type: KeyType, value: unknown): value is string | number | boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string' && !value.includes('\0');
    case 'integer':
      return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;
    case 'boolean':
      return typeof value === 'boolean';
    case 'uuid':
      return typeof value === 'string' && UUID.test(value);
    case 'timestamptz':
      return isInstant(value);
    case 'date':
      return (
        typeof value === 'string' &&
        /^\d{4}-\d{2}-\d{2}$/.test(value) &&
        isInstant(`${value}T00:00:00.000Z`)
      );
    default: {
      const never: never = type;
      return never;
    }
  }
}

const isInstant = (value: unknown): boolean => {
  if (typeof value !== 'string') return false;
  const time = new Date(value);
  return !Number.isNaN(time.getTime()) && time.toISOString() === value;
};

/** How many rows a query finds, exactly: the `total` beside a page. */
export async function countRows<DB, TB extends keyof DB, O>(
  query: SelectQueryBuilder<DB, TB, O>,
): Promise<number> {
  const counted = await query
    .clearSelect()
    .select(sql<number>`count(*)::integer`.as('count'))
    .executeTakeFirstOrThrow();
  // Kysely cannot tell the row's type while the tables are a type parameter.
  return (counted as { count: number }).count;
}

/** A total that was not counted. */
export interface Estimate {
  readonly about: number;
}

/** A person who sees more than this wants to know how many thousands, and counting ten thousand takes milliseconds. */
const ROWS_COUNTED_AT_MOST = 10_000;

/**
 * How many rows a query finds: exactly up to ten thousand, and beyond that what the planner expects, in two digits, as counting
 * millions takes a second for each page that a user opens (ADR 0012).
 */
export async function countSome(
  db: Kysely<Database>,
  matching: RawBuilder<unknown>,
): Promise<number | Estimate> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from (${matching} limit ${ROWS_COUNTED_AT_MOST + 1}) counted`.execute(
    db,
  );
  const counted = rows[0]?.count ?? 0;
  if (counted <= ROWS_COUNTED_AT_MOST) return counted;
  const plan = await sql<{ 'QUERY PLAN': readonly [{ Plan: { 'Plan Rows': number } }] }>`
    explain (format json) ${matching}`.execute(db);
  const expected = plan.rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
  // Never fewer than were seen: of what a search compares the planner knows little, and expects too few.
  return { about: Math.max(counted, Number(expected.toPrecision(2))) };
}
