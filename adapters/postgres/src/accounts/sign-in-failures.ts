import { type Kysely, sql } from 'kysely';
import type { Database } from '../engine/database.js';

/** How long is to be waited after so many failures in a row. */
export interface Delays {
  /** So many failures cost nothing. */
  readonly free: number;
  /** After one more; each further one doubles it. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** After so long without a failure counting begins anew. */
  readonly forgottenAfterMs: number;
}

export type Attempt =
  /** It may be made, and counts as failed until it is taken back. */
  | { readonly kind: 'counted'; readonly failures: number; readonly lockedUntil: Date | null }
  | { readonly kind: 'locked'; readonly until: Date };

/** Failed sign-ins in a row. */
export interface SignInFailureStore {
  /**
   * Counts an attempt before it is made, in one statement: however many come at once, on however many nodes, no more are
   * let through than one after the other.
   */
  attempt(subject: string, delays: Delays, now: Date): Promise<Attempt>;
  /** The attempt did not fail after all. What it locked is open again. */
  takeBack(subject: string, attempt: Attempt, delays: Delays): Promise<void>;
  /** All is well with this one: counting begins anew. */
  clear(subject: string): Promise<void>;
  /** The same for every subject that begins so. */
  clearAll(beginning: string): Promise<void>;
  /** Forgets those without a failure since; answers how many. */
  tidy(failedBefore: Date): Promise<number>;
}

export function createSignInFailureStore(db: Kysely<Database>): SignInFailureStore {
  return {
    async attempt(subject, { free, firstMs, longestMs, forgottenAfterMs }, now) {
      const forgotten = new Date(now.getTime() - forgottenAfterMs);
      const next = sql`case when f.last_failed_at <= ${forgotten}::timestamptz then 1 else f.failures + 1 end`;
      // 2^20 times anything is beyond the longest.
      const until = (
        failures: ReturnType<typeof sql>,
      ) => sql`case when ${failures} <= ${free}::integer then null
        else ${now}::timestamptz + interval '1 millisecond' * least(
          ${firstMs}::float8 * power(2, least(${failures} - ${free}::integer - 1, 20)), ${longestMs}::float8) end`;
      for (;;) {
        const { rows } = await sql<{ failures: number; locked_until: Date | null }>`
          insert into sign_in_failures as f (subject, failures, last_failed_at, locked_until)
          values (${subject}, 1, ${now}, ${until(sql`1`)})
          on conflict (subject) do update
            set failures = ${next}, last_failed_at = ${now}, locked_until = ${until(next)}
            where f.locked_until is null or f.locked_until <= ${now}
          returning f.failures, f.locked_until`.execute(db);
        const counted = rows[0];
        if (counted !== undefined) {
          return { kind: 'counted', failures: counted.failures, lockedUntil: counted.locked_until };
        }
        const row = await db
          .selectFrom('sign_in_failures')
          .select('locked_until')
          .where('subject', '=', subject)
          .executeTakeFirst();
        if (row?.locked_until && row.locked_until > now) {
          return { kind: 'locked', until: row.locked_until };
        }
        // It was opened between the two statements: once more.
      }
    },

    async takeBack(subject, attempt, { free }) {
      if (attempt.kind !== 'counted') return;
      await sql`
        update sign_in_failures set failures = greatest(failures - 1, 0),
          locked_until = case
            when failures - 1 <= ${free}::integer or locked_until is not distinct from ${attempt.lockedUntil}::timestamptz
            then null else locked_until end
        where subject = ${subject}`.execute(db);
    },

    async clear(subject) {
      await db.deleteFrom('sign_in_failures').where('subject', '=', subject).execute();
    },

    async clearAll(beginning) {
      await db
        .deleteFrom('sign_in_failures')
        .where(sql<boolean>`starts_with(subject, ${beginning})`)
        .execute();
    },

    async tidy(failedBefore) {
      const { numDeletedRows } = await db
        .deleteFrom('sign_in_failures')
        .where('last_failed_at', '<', failedBefore)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}
