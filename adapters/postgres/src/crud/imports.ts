import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database, ImportRowErrorsTable, ImportsTable } from '../database.js';
import { countRows, type Order, type Page, type PageRequest, readPage } from '../read/page.js';
import { toJson } from '../to-json.js';
import { inTransaction } from './in-transaction.js';

/** An import as people see it; the file itself only goes to the worker that runs it. */
export interface ImportView {
  readonly id: string;
  readonly fileName: string;
  readonly state: 'PENDING' | 'RUNNING' | 'DONE' | 'FAILED';
  /** As given: mapping, default country, duplicates, queue. */
  readonly options: unknown;
  readonly rowsTotal: number;
  readonly rowsDone: number;
  readonly createdLeads: number;
  readonly updatedLeads: number;
  readonly skippedRows: number;
  readonly failedRows: number;
  /** Why it FAILED as a whole. */
  readonly error: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** What a worker gets. It goes on behind the first `rowsDone` rows. */
export interface ImportJob extends ImportView {
  readonly content: string;
}

export interface ImportRowError {
  /** Of the file, the heading is 1. */
  readonly line: number;
  readonly field: string | null;
  readonly reason: string;
}

/** What happened to the rows after the first `from`, up to `rowsDone`. */
export interface ImportStep {
  readonly from: number;
  readonly rowsDone: number;
  readonly created: number;
  readonly updated: number;
  readonly skipped: number;
  readonly failed: number;
  /** One for each line at most; a second for the same line is left out. */
  readonly errors: readonly ImportRowError[];
}

export interface ImportStore {
  /** PENDING and due at once. */
  create(
    given: {
      readonly id: string;
      readonly fileName: string;
      readonly options: unknown;
      readonly content: string;
      readonly rowsTotal: number;
    },
    now: Date,
  ): Promise<ImportView>;
  /** Imports that somebody must work on: new ones, and those whose worker let its lease run out. Oldest first. */
  dueIds(now: Date, limit: number): Promise<readonly string[]>;
  /** Exactly one worker gets a due import; it is RUNNING and not due again before `leaseUntil`. */
  claim(importId: string, now: Date, leaseUntil: Date): Promise<ImportJob | null>;
  /**
   * Counts one step and extends the lease. False, and nothing is counted, when the import is not at `from` any more or is
   * over: another worker has taken it. Put the leads of the step into the same transaction, so that a worker that dies
   * leaves neither rows that were not counted nor rows that were counted twice.
   */
  progress(importId: string, step: ImportStep, leaseUntil: Date): Promise<boolean>;
  /** Gives an unfinished import back at once, for a worker that is shutting down. */
  release(importId: string, now: Date): Promise<void>;
  /**
   * A worker could not go on, for a reason of ours: the import is given back, for a database that was away may be back. A
   * second failure at the same row, on whichever node, ends it as FAILED with this error.
   */
  giveUpIfStuck(importId: string, error: string, now: Date): Promise<void>;
  /** The file is cleared. null when it is over already or unknown. */
  finish(
    importId: string,
    end: { readonly state: 'DONE' } | { readonly state: 'FAILED'; readonly error: string },
    now: Date,
  ): Promise<ImportView | null>;
  get(importId: string): Promise<ImportView | null>;
  /** In the order of the lines. */
  errors(importId: string, page: PageRequest): Promise<Page<ImportRowError>>;
  /** Newest first. */
  list(page: PageRequest): Promise<Page<ImportView>>;
}

/** CSV files on their way to leads. */
export function createImportStore(db: Kysely<Database>): ImportStore {
  return {
    async create(given, now) {
      const row = await db
        .insertInto('imports')
        .values({
          id: given.id,
          file_name: given.fileName,
          state: 'PENDING',
          options: toJson(given.options),
          // NUL, as in a file that is not UTF-8, has no place in a text column; the line ends stay where they are.
          content: given.content.replaceAll('\0', '\ufffd'),
          rows_total: given.rowsTotal,
          created_at: now,
          due_at: now,
        })
        .returning(COLUMNS)
        .executeTakeFirstOrThrow();
      return toImport(row);
    },

    async dueIds(now, limit) {
      const rows = await db
        .selectFrom('imports')
        .select('id')
        .where(sql<boolean>`state in ('PENDING', 'RUNNING')`)
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .limit(limit)
        .execute();
      return rows.map((row) => row.id);
    },

    async claim(importId, now, leaseUntil) {
      const row = await db
        .updateTable('imports')
        .set({ state: 'RUNNING', due_at: leaseUntil })
        .where('id', '=', importId)
        .where('state', 'in', ['PENDING', 'RUNNING'])
        .where('due_at', '<=', now)
        .returning([...COLUMNS, 'content'])
        .executeTakeFirst();
      return row ? { ...toImport(row), content: row.content ?? '' } : null;
    },

    progress: (importId, step, leaseUntil) =>
      inTransaction(db, async (tx) => {
        const moved = await tx
          .updateTable('imports')
          .set((eb) => ({
            rows_done: step.rowsDone,
            created_leads: eb('created_leads', '+', step.created),
            updated_leads: eb('updated_leads', '+', step.updated),
            skipped_rows: eb('skipped_rows', '+', step.skipped),
            failed_rows: eb('failed_rows', '+', step.failed),
            due_at: leaseUntil,
          }))
          .where('id', '=', importId)
          .where('state', '=', 'RUNNING')
          .where('rows_done', '=', step.from)
          .returning('id')
          .executeTakeFirst();
        if (!moved) return false;
        if (step.errors.length > 0) {
          await sql`
            insert into import_row_errors (import_id, line, field, reason)
            select ${importId}::uuid, line, field, reason
            from unnest(
              ${step.errors.map((error) => error.line)}::integer[],
              ${step.errors.map((error) => error.field)}::text[],
              ${step.errors.map((error) => error.reason)}::text[]
            ) as given (line, field, reason)
            on conflict (import_id, line) do nothing`.execute(tx);
        }
        return true;
      }),

    async release(importId, now) {
      await db
        .updateTable('imports')
        .set({ due_at: now })
        .where('id', '=', importId)
        .where('state', '=', 'RUNNING')
        .execute();
    },

    async giveUpIfStuck(importId, error, now) {
      await sql`
        update imports set
          stuck_at = rows_done,
          state = case when stuck_at = rows_done then 'FAILED' else state end,
          error = case when stuck_at = rows_done then ${error}::text end,
          content = case when stuck_at = rows_done then null else content end,
          due_at = case when stuck_at = rows_done then null else ${now}::timestamptz end,
          finished_at = case when stuck_at = rows_done then ${now}::timestamptz end
        where id = ${importId} and state = 'RUNNING'`.execute(db);
    },

    async finish(importId, end, now) {
      const row = await db
        .updateTable('imports')
        .set({
          state: end.state,
          error: end.state === 'FAILED' ? end.error : null,
          content: null,
          due_at: null,
          finished_at: now,
        })
        .where('id', '=', importId)
        .where('state', 'in', ['PENDING', 'RUNNING'])
        .returning(COLUMNS)
        .executeTakeFirst();
      return row ? toImport(row) : null;
    },

    async get(importId) {
      const row = await db
        .selectFrom('imports')
        .select(COLUMNS)
        .where('id', '=', importId)
        .executeTakeFirst();
      return row ? toImport(row) : null;
    },

    errors(importId, page) {
      const ofImport = db.selectFrom('import_row_errors').where('import_id', '=', importId);
      return readPage({
        order: BY_LINE,
        page,
        rows: (cut) =>
          ofImport.selectAll().where(cut.after).orderBy(cut.orderBy).limit(cut.limit).execute(),
        total: () => countRows(ofImport),
        map: ({ line, field, reason }) => ({ line, field, reason }),
      });
    },

    list: (page) =>
      readPage({
        order: NEWEST_FIRST,
        page,
        rows: (cut) =>
          db
            .selectFrom('imports')
            .select(COLUMNS)
            .where(cut.after)
            .orderBy(cut.orderBy)
            .limit(cut.limit)
            .execute(),
        total: () => countRows(db.selectFrom('imports')),
        map: toImport,
      }),
  };
}

/** All but the file, which may be megabytes. */
const COLUMNS = [
  'id',
  'file_name',
  'state',
  'options',
  'rows_total',
  'rows_done',
  'created_leads',
  'updated_leads',
  'skipped_rows',
  'failed_rows',
  'error',
  'created_at',
  'finished_at',
] as const;

type ImportRow = Pick<Selectable<ImportsTable>, (typeof COLUMNS)[number]>;

const toImport = (row: ImportRow): ImportView => ({
  id: row.id,
  fileName: row.file_name,
  state: row.state,
  options: row.options,
  rowsTotal: row.rows_total,
  rowsDone: row.rows_done,
  createdLeads: row.created_leads,
  updatedLeads: row.updated_leads,
  skippedRows: row.skipped_rows,
  failedRows: row.failed_rows,
  error: row.error,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});

const NEWEST_FIRST: Order<ImportRow> = {
  name: 'imports',
  keys: [
    {
      expression: sql.ref('imports.created_at'),
      type: 'timestamptz',
      descending: true,
      value: (row) => row.created_at,
    },
    { expression: sql.ref('imports.id'), type: 'uuid', descending: true, value: (row) => row.id },
  ],
};

const BY_LINE: Order<Selectable<ImportRowErrorsTable>> = {
  name: 'import errors',
  keys: [{ expression: sql.ref('line'), type: 'integer', value: (row) => row.line }],
};
