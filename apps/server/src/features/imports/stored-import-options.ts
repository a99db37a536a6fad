import type { ColumnMapping } from '@outdial/protocol';

/** What an import's `options` hold, at least. */
export interface ShownImportOptions {
  readonly mapping: ColumnMapping;
  readonly queue_id: string | null;
  /** Absent in imports of an older release. */
  readonly columns?: readonly string[] | undefined;
}

/** What an import keeps of how it is to be done; `queue_name` has become an id. */
export interface StoredImportOptions extends ShownImportOptions {
  /** Each once, in the order of the file. */
  readonly columns: readonly string[];
  readonly phone_columns: readonly string[];
  readonly default_country: string | null;
  /** Absent: of every country, as in imports that an older version began. */
  readonly allowed_countries?: readonly string[];
  readonly duplicates: 'skip' | 'update';
}
