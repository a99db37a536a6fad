import { type Kysely, sql } from 'kysely';
import type { Database } from '../engine/database.js';

export interface StoredSecret {
  readonly name: string;
  readonly sealed: string;
  readonly keyId: string;
  readonly updatedAt: Date;
  /** A user. */
  readonly updatedBy: string | null;
}

export interface ListedSecret extends Omit<StoredSecret, 'updatedBy'> {
  readonly updatedBy: { readonly id: string; readonly name: string } | null;
}

export type NewSecret = Pick<StoredSecret, 'name' | 'sealed' | 'keyId'>;

/** Secrets, sealed before they come here. */
export interface SecretStore {
  get(name: string): Promise<StoredSecret | null>;
  list(): Promise<readonly ListedSecret[]>;
  /** Of several who add the same name at once, all are answered the one that was kept. */
  addIfAbsent(secret: NewSecret, now: Date): Promise<StoredSecret>;
  put(
    secret: NewSecret,
    by: { readonly userId: string | null; readonly now: Date },
  ): Promise<StoredSecret>;
  /** The same text sealed anew. False when another writer changed it meanwhile. */
  reseal(
    before: Pick<StoredSecret, 'name' | 'sealed'>,
    sealed: string,
    keyId: string,
  ): Promise<boolean>;
  remove(name: string): Promise<boolean>;
}

export function createSecretStore(db: Kysely<Database>): SecretStore {
  const get = async (name: string) => {
    const row = await db
      .selectFrom('secrets')
      .selectAll()
      .where('name', '=', name)
      .executeTakeFirst();
    return row === undefined ? null : fromRow(row);
  };
  const write = (secret: NewSecret, userId: string | null, now: Date) =>
    db.insertInto('secrets').values({
      name: secret.name,
      sealed: secret.sealed,
      key_id: secret.keyId,
      updated_at: now,
      updated_by: userId,
    });
  return {
    get,
    async list() {
      const rows = await db
        .selectFrom('secrets')
        .leftJoin('users', 'users.id', 'secrets.updated_by')
        .selectAll('secrets')
        .select('users.name as by_name')
        .orderBy('secrets.name')
        .execute();
      return rows.map((row) => ({
        ...fromRow(row),
        updatedBy: row.updated_by === null ? null : { id: row.updated_by, name: row.by_name ?? '' },
      }));
    },
    async addIfAbsent(secret, now) {
      const there = await get(secret.name);
      if (there !== null) return there;
      await write(secret, null, now)
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
      const kept = await get(secret.name);
      if (kept === null)
        throw new Error(`The secret ${secret.name} was removed while it was added.`);
      return kept;
    },
    async put(secret, { userId, now }) {
      const row = await write(secret, userId, now)
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet({
            sealed: sql`excluded.sealed`,
            key_id: sql`excluded.key_id`,
            updated_at: sql`excluded.updated_at`,
            updated_by: sql`excluded.updated_by`,
          }),
        )
        .returningAll()
        .executeTakeFirstOrThrow();
      return fromRow(row);
    },
    async reseal(before, sealed, keyId) {
      const { numUpdatedRows } = await db
        .updateTable('secrets')
        .set({ sealed, key_id: keyId })
        .where('name', '=', before.name)
        .where('sealed', '=', before.sealed)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async remove(name) {
      const { numDeletedRows } = await db
        .deleteFrom('secrets')
        .where('name', '=', name)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

const fromRow = (row: {
  name: string;
  sealed: string;
  key_id: string;
  updated_at: Date;
  updated_by: string | null;
}): StoredSecret => ({
  name: row.name,
  sealed: row.sealed,
  keyId: row.key_id,
  updatedAt: row.updated_at,
  updatedBy: row.updated_by,
});
