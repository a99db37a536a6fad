import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';

/** Statements differ in what they write, not in endless ways: some dozens. */
const KNOWN = 500;
/** A connection keeps what it prepared for as long as it lives, so a statement must have come back to be worth it. */
const WORTH_IT_AFTER = 3;

const names = new LRUCache<string, { name: string; seen: number }>({ max: KNOWN });

/**
 * Lets a connection prepare the statements that come again and again: the server then parses and plans each of them a few
 * times, not every time. It decides by itself, by their costs, when one plan is as good as a plan for each set of values
 * (`plan_cache_mode = auto`).
 */
export function preparing(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...parts: unknown[]) => unknown;
  const prepared = (text: unknown, values: unknown, ...more: unknown[]): unknown => {
    const name =
      typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : null;
    return name === null ? query(text, values, ...more) : query({ name, text, values }, ...more);
  };
  client.query = prepared as typeof client.query;
}

/** The same statement has the same name in each process: people who look at the server see which it is. */
function nameOf(text: string): string | null {
  const known = names.get(text);
  if (known === undefined) {
    const name = `outdial_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    names.set(text, { name, seen: 1 });
    return null;
  }
  known.seen += 1;
  return known.seen > WORTH_IT_AFTER ? known.name : null;
}
