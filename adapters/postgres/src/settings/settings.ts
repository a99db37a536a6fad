import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database, SettingsVersionsTable } from '../engine/database.js';
import { countRows, type Order, type Page, type PageRequest, readPage } from '../engine/page.js';
import { toJson } from '../engine/to-json.js';

/** One version of the system settings; the value is kept as it was given. */
export interface SettingsVersion {
  /** From 1. */
  readonly version: number;
  readonly value: unknown;
  readonly createdAt: Date;
}

export type PutSettingsAnswer =
  | { readonly kind: 'stored'; readonly settings: SettingsVersion }
  /** Another writer stored a newer version meanwhile: `current`. null: no version is stored. */
  | { readonly kind: 'conflict'; readonly current: SettingsVersion | null };

export interface SettingsStore {
  /** The version in force; null before the first was stored. */
  current(): Promise<SettingsVersion | null>;
  /** `expectedVersion`: the one that the change is based on, 0 for none. */
  put(value: unknown, expectedVersion: number, now: Date): Promise<PutSettingsAnswer>;
  /** Newest first. */
  history(page: PageRequest): Promise<Page<SettingsVersion>>;
}

/** The system settings, every version of them. */
export function createSettingsStore(db: Kysely<Database>): SettingsStore {
  const current = async (): Promise<SettingsVersion | null> => {
    const row = await db
      .selectFrom('settings_versions')
      .selectAll()
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row ? toVersion(row) : null;
  };

  return {
    current,

    async put(value, expectedVersion, now) {
      // Two at once see the same highest version; the primary key lets one of them through.
      const { rows } = await sql<Selectable<SettingsVersionsTable>>`
        insert into settings_versions (version, value, created_at)
        select ${expectedVersion}::integer + 1, ${toJson(value)}::jsonb, ${now}::timestamptz
        where (select coalesce(max(version), 0) from settings_versions) = ${expectedVersion}::integer
        on conflict (version) do nothing
        returning *`.execute(db);
      const stored = rows[0];
      return stored
        ? { kind: 'stored', settings: toVersion(stored) }
        : { kind: 'conflict', current: await current() };
    },

    history: (page) =>
      readPage({
        db,
        order: NEWEST_FIRST,
        page,
        rows: (on, cut) =>
          on
            .selectFrom('settings_versions')
            .selectAll()
            .where(cut.after)
            .orderBy(cut.orderBy)
            .limit(cut.limit)
            .execute(),
        total: (on) => countRows(on.selectFrom('settings_versions')),
        map: toVersion,
      }),
  };
}

const toVersion = (row: Selectable<SettingsVersionsTable>): SettingsVersion => ({
  version: row.version,
  value: row.value,
  createdAt: row.created_at,
});

const NEWEST_FIRST: Order<Selectable<SettingsVersionsTable>> = {
  name: 'settings',
  keys: [
    {
      expression: sql.ref('version'),
      type: 'integer',
      descending: true,
      value: (row) => row.version,
    },
  ],
};
