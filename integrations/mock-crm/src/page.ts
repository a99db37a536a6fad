/** Which part of a list: at most `limit` rows, after the row that `cursor` stands for. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly rows: readonly T[];
  /** All rows that match, not only this page. */
  readonly total: number;
  /** null on the last page. */
  readonly nextCursor: string | null;
}

/** A cursor that these lists did not make. */
export class BadCursor extends Error {
  readonly code = 'BAD_CURSOR';

  constructor() {
    super('The cursor was not made by this list. Start again without one.');
    this.name = 'BadCursor';
  }
}

/** The last row of a page; newest first, ids among rows of the same instant. */
export interface Position {
  readonly createdAt: Date;
  readonly id: string;
}

export const writeCursor = ({ createdAt, id }: Position): string =>
  Buffer.from(JSON.stringify([createdAt.toISOString(), id])).toString('base64url');

/** Throws `BadCursor`. */
export function readCursor(cursor: string): Position {
  const parsed = parse(cursor);
  if (!Array.isArray(parsed) || parsed.length !== 2) throw new BadCursor();
  const [at, id] = parsed as readonly unknown[];
  if (typeof at !== 'string' || typeof id !== 'string' || id.includes('\0')) throw new BadCursor();
  const createdAt = new Date(at);
  if (Number.isNaN(createdAt.getTime())) throw new BadCursor();
  return { createdAt, id };
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** `found` holds one row more than asked for, when there is one. */
export function cutPage<Row, T>(
  found: readonly Row[],
  limit: number,
  total: number,
  positionOf: (row: Row) => Position,
  map: (row: Row) => T,
): Page<T> {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const more = found.length > limit && last !== undefined;
  return { rows: rows.map(map), total, nextCursor: more ? writeCursor(positionOf(last)) : null };
}
