import { type Kysely, sql } from 'kysely';
import type { Database } from '../engine/database.js';

/** From where people have signed in before. A place is a text such as `network:203.0.113.5` or `device:<hash>`. */
export interface KnownPlaceStore {
  /** Which of these places are known of this user; `userId` null (no such account) costs as much and returns none. */
  known(userId: string | null, places: readonly string[], since: Date): Promise<readonly string[]>;
  /**
   * Remembers them as used now. Of each kind (the text before the colon) only the `most` latest stay, so that an intruder who
   * once had the password cannot collect thousands of places, each with guesses of its own.
   */
  remember(
    userId: string,
    places: readonly string[],
    more: { readonly now: Date; readonly most: number },
  ): Promise<void>;
  /** Forgets those that were last used before; answers how many. */
  tidy(lastBefore: Date): Promise<number>;
}

const NO_USER = '00000000-0000-0000-0000-000000000000';

export function createKnownPlaceStore(db: Kysely<Database>): KnownPlaceStore {
  return {
    async known(userId, places, since) {
      if (places.length === 0) return [];
      const rows = await db
        .selectFrom('known_places')
        .select('place')
        .where('user_id', '=', userId ?? NO_USER)
        .where('place', 'in', [...places])
        .where('last_at', '>', since)
        .execute();
      return rows.map(({ place }) => place);
    },

    async remember(userId, places, { now, most }) {
      if (places.length === 0) return;
      await db
        .insertInto('known_places')
        .values([...new Set(places)].map((place) => ({ user_id: userId, place, last_at: now })))
        .onConflict((conflict) =>
          conflict.columns(['user_id', 'place']).doUpdateSet({ last_at: sql`excluded.last_at` }),
        )
        .execute();
      await sql`
        delete from known_places k using (
          select place, row_number() over (
            partition by split_part(place, ':', 1) order by last_at desc, place) as latest
          from known_places where user_id = ${userId}) ranked
        where k.user_id = ${userId} and k.place = ranked.place and ranked.latest > ${most}`.execute(
        db,
      );
    },

    async tidy(lastBefore) {
      const { numDeletedRows } = await db
        .deleteFrom('known_places')
        .where('last_at', '<', lastBefore)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}
