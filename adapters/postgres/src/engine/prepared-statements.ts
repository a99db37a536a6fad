import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import { databaseError } from './retry-lost-races.js';

/** Statements differ in what they write, not in endless ways: some dozens. */
const STATEMENTS_REMEMBERED = 500;
/** A connection keeps what it prepared for as long as it lives, so a statement must have come back to be worth it. */
const PREPARE_AFTER_USES = 3;

const names = new LRUCache<string, { name: string; seen: number }>({ max: STATEMENTS_REMEMBERED });

/**
 * A column that a newer release adds while this one runs (nodes are upgraded one after the other) changes what `select *`
 * answers, and the server then refuses the statement under its old name on that connection for ever. So names carry how often
 * that happened here.
 */
let outdated = 0;

/**
 * Lets a connection prepare the statements that come again and again: the server then parses and plans each of them a few
 * times, not every time. It decides by itself, by their costs, when one plan is as good as a plan for each set of values
 * (`plan_cache_mode = auto`).
 *
 * One whose answer got another shape is asked once more, unprepared. Within a transaction the server refuses that as well, and
 * the transaction fails this once; nothing of it was done.
 */
export function usePreparedStatements(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...parts: unknown[]) => unknown;
  const prepared = (text: unknown, values: unknown, ...more: unknown[]): unknown => {
    const name =
      typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : null;
    // With a callback there is no promise.
    if (name === null || more.length > 0) return query(text, values, ...more);
    const before = outdated;
    const answer = query({ name: before === 0 ? name : `${name}_${before}`, text, values });
    return (answer as Promise<unknown>).catch((error: unknown) => {
      if (databaseError(error).code !== PLAN_OUTDATED) throw error;
      // The other connections find out by themselves, by the name that they have.
      outdated = Math.max(outdated, before + 1);
      return (query(text, values) as Promise<unknown>).catch(() => Promise.reject(error));
    });
  };
  client.query = prepared as typeof client.query;
}

/** "Cached plan must not change result type", as far as statements without mistakes are concerned. */
const PLAN_OUTDATED = '0A000';

/** The same statement has the same name in each process: people who look at the server see which it is. */
function nameOf(text: string): string | null {
  const known = names.get(text);
  if (known === undefined) {
    const name = `outdial_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    names.set(text, { name, seen: 1 });
    return null;
  }
  known.seen += 1;
  return known.seen > PREPARE_AFTER_USES ? known.name : null;
}
