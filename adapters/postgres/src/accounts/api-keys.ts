import { type Kysely, type Selectable, sql } from 'kysely';
import type { ApiKeysTable, Database } from '../engine/database.js';
import { countRows, type Order, type Page, type PageRequest, readPage } from '../engine/page.js';
import { violatesUnique } from '../engine/unique-violation.js';
import type { UserRole } from './users.js';

export interface ApiKeyView {
  readonly id: string;
  readonly name: string;
  /** The first characters, by which people recognise a key. */
  readonly prefix: string;
  readonly permissions: readonly string[];
  readonly createdBy: { readonly id: string; readonly name: string };
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** A key with what its maker may do now. */
export interface KnownApiKey extends ApiKeyView {
  readonly maker: { readonly role: UserRole; readonly disabled: boolean };
}

export interface NewApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  /** SHA-256 of the key. */
  readonly hash: Uint8Array;
  readonly permissions: readonly string[];
  readonly createdBy: string;
  readonly expiresAt: Date | null;
}

export interface ApiKeyStore {
  /** Names are compared in any case, among those that are not revoked. */
  create(key: NewApiKey, now: Date): Promise<ApiKeyView | 'name_taken'>;
  get(keyId: string): Promise<ApiKeyView | null>;
  findByHash(hash: Uint8Array): Promise<KnownApiKey | null>;
  /** The newest first, revoked ones too. */
  list(page: PageRequest): Promise<Page<ApiKeyView>>;
  /** Those that a user made and that still count, the newest first. */
  ofMaker(userId: string, now: Date): Promise<readonly ApiKeyView[]>;
  /** False when it was revoked before, or there is none. */
  revoke(keyId: string, now: Date): Promise<boolean>;
  /** Notes that it was used, unless that was noted after `notSince`. */
  used(keyId: string, now: Date, notSince: Date): Promise<void>;
}

/** Keys with which programs come in. */
export function createApiKeyStore(db: Kysely<Database>): ApiKeyStore {
  const get = async (keyId: string): Promise<ApiKeyView | null> => {
    const row = await withMaker(db).where('api_keys.id', '=', keyId).executeTakeFirst();
    return row ? toView(row) : null;
  };
  return {
    async create(key, now) {
      try {
        await db
          .insertInto('api_keys')
          .values({
            id: key.id,
            name: key.name,
            prefix: key.prefix,
            key_hash: key.hash,
            permissions: [...key.permissions],
            created_by: key.createdBy,
            created_at: now,
            expires_at: key.expiresAt,
            last_used_at: null,
            revoked_at: null,
          })
          .execute();
      } catch (error) {
        if (violatesUnique(error, 'api_keys_name')) return 'name_taken';
        throw error;
      }
      const made = await get(key.id);
      if (made === null) throw new Error(`The API key ${key.id} is gone as soon as it was made.`);
      return made;
    },
    get,
    async findByHash(hash) {
      const row = await withMaker(db).where('api_keys.key_hash', '=', hash).executeTakeFirst();
      if (row === undefined) return null;
      return {
        ...toView(row),
        maker: { role: row.maker_role, disabled: row.maker_disabled_at !== null },
      };
    },
    list: (page) =>
      readPage({
        db,
        order: NEWEST_FIRST,
        page,
        rows: (on, cut) =>
          withMaker(on).where(cut.after).orderBy(cut.orderBy).limit(cut.limit).execute(),
        total: (on) => countRows(on.selectFrom('api_keys')),
        map: toView,
      }),
    async ofMaker(userId, now) {
      const rows = await withMaker(db)
        .where('api_keys.created_by', '=', userId)
        .where('api_keys.revoked_at', 'is', null)
        .where((eb) =>
          eb.or([eb('api_keys.expires_at', 'is', null), eb('api_keys.expires_at', '>', now)]),
        )
        .orderBy('api_keys.created_at', 'desc')
        .execute();
      return rows.map(toView);
    },
    async revoke(keyId, now) {
      const { numUpdatedRows } = await db
        .updateTable('api_keys')
        .set({ revoked_at: now })
        .where('id', '=', keyId)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async used(keyId, now, notSince) {
      await db
        .updateTable('api_keys')
        .set({ last_used_at: now })
        .where('id', '=', keyId)
        .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<=', notSince)]))
        .execute();
    },
  };
}

interface ApiKeyRow extends Selectable<ApiKeysTable> {
  readonly maker_name: string;
  readonly maker_role: UserRole;
  readonly maker_disabled_at: Date | null;
}

const withMaker = (db: Kysely<Database>) =>
  db
    .selectFrom('api_keys')
    .innerJoin('users', 'users.id', 'api_keys.created_by')
    .selectAll('api_keys')
    .select([
      'users.name as maker_name',
      'users.role as maker_role',
      'users.disabled_at as maker_disabled_at',
    ]);

const toView = (row: ApiKeyRow): ApiKeyView => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  permissions: row.permissions,
  createdBy: { id: row.created_by, name: row.maker_name },
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  revokedAt: row.revoked_at,
});

const NEWEST_FIRST: Order<ApiKeyRow> = {
  name: 'api-keys',
  keys: [
    {
      expression: sql.ref('api_keys.created_at'),
      type: 'timestamptz',
      descending: true,
      value: (row) => row.created_at,
    },
    { expression: sql.ref('api_keys.id'), type: 'uuid', descending: true, value: (row) => row.id },
  ],
};
