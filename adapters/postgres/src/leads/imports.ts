import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database, ImportLinesTable, ImportsTable, LineFate } from '../engine/database.js';
import { inTransaction } from '../engine/in-transaction.js';
import { countRows, type Order, type Page, type PageRequest, readPage } from '../engine/page.js';
import { toJson } from '../engine/to-json.js';

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
  /** Marked "do not call": their numbers are on the suppression list. */
  readonly suppressedRows: number;
  readonly failedRows: number;
  /** Of the created and updated ones: those of which a field could not be used. */
  readonly incompleteRows: number;
  /** Why it FAILED as a whole. */
  readonly error: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** What a worker gets. It continues behind the first `rowsDone` rows. */
export interface ImportJob extends ImportView {
  /** False: the server died while the file was taken in, and the rest of it is nowhere. */
  readonly complete: boolean;
}

/** Whole rows of the file, one a line of JSON: `[line, [cell, …]]`. */
export interface ImportChunk {
  /** From 0. */
  readonly number: number;
  /** Rows of the file before it. */
  readonly firstRow: number;
  readonly content: string;
}

/** Something to say about a line; a line may have several. */
export interface ImportLine {
  /** Of the file, the first is 1. */
  readonly line: number;
  readonly fate: LineFate;
  /** The kind of remark, by which lines are counted. */
  readonly code: string;
  readonly field: string | null;
  readonly reason: string;
}

/** With what is kept beside the first remark about a line. */
export interface NewImportLine extends ImportLine {
  /** 0 for the first remark about the line. */
  readonly position: number;
  /** E.164; by these the line is found when a person asks to be forgotten. */
  readonly phones: readonly string[];
  /** The cells of the whole row as JSON; null with further remarks. */
  readonly cells: string | null;
}

export interface ImportLineGroup {
  readonly fate: LineFate;
  readonly code: string;
  readonly field: string | null;
  readonly lines: number;
  readonly example: { readonly line: number; readonly reason: string };
}

/** A line with all that is to say about it, for a file that people correct. */
export interface ExportedLine {
  readonly line: number;
  readonly fate: LineFate;
  readonly reasons: readonly { readonly field: string | null; readonly reason: string }[];
  readonly cells: readonly string[] | null;
}

/** What happened to the rows after the first `from`, up to `rowsDone`. */
export interface ImportStep {
  readonly from: number;
  readonly rowsDone: number;
  readonly created: number;
  readonly updated: number;
  readonly skipped: number;
  readonly suppressed: number;
  readonly failed: number;
  readonly incomplete: number;
  /** A second remark with the same line and position is left out. */
  readonly lines: readonly NewImportLine[];
}

export interface LineFilter {
  readonly fate?: LineFate | undefined;
  readonly code?: string | undefined;
}

export interface ImportStore {
  /** PENDING, and not due before `leaseUntil`: its chunks come first, and then `complete`. */
  create(
    given: {
      readonly id: string;
      readonly fileName: string;
      readonly options: unknown;
      readonly rowsTotal: number;
      /** Says which columns the file has. */
      readonly columnsKey: string | null;
    },
    now: Date,
    leaseUntil: Date,
  ): Promise<ImportView>;
  addChunk(importId: string, chunk: ImportChunk): Promise<void>;
  /** All chunks are there: due at once. */
  complete(importId: string, now: Date): Promise<void>;
  /** An import that was never completed: nothing of it remains. */
  discard(importId: string): Promise<void>;
  /** In the order of the file; null: there is none with this number. */
  chunk(importId: string, number: number): Promise<ImportChunk | null>;
  /** The options of the newest import of a file with these columns. */
  optionsOfLast(columnsKey: string): Promise<unknown>;
  /** Imports that wait for a worker: new ones, and those whose worker let its lease run out. Oldest first. */
  dueIds(now: Date, limit: number): Promise<readonly string[]>;
  /** Exactly one worker gets a due import; it is RUNNING and not due again before `leaseUntil`. */
  claim(importId: string, now: Date, leaseUntil: Date): Promise<ImportJob | null>;
  /**
   * Counts one step and extends the lease. False, and nothing is counted, when the import is not at `from` any more or is
   * over: another worker has taken it. Put the leads of the step into the same transaction, so that a worker that dies
   * leaves neither rows that were not counted nor rows that were counted twice.
   */
  progress(importId: string, step: ImportStep, leaseUntil: Date): Promise<boolean>;
  /** Releases an unfinished import immediately, for a worker that is shutting down. */
  release(importId: string, now: Date): Promise<void>;
  /**
   * A worker could not go on, for a reason of ours: the import is given back, for a database that was away may be back. A
   * second failure at the same row, on whichever node, ends it as FAILED with this error.
   */
  giveUpIfStuck(importId: string, error: string, now: Date): Promise<void>;
  /** Its chunks are deleted. null when it is over already or unknown. */
  finish(
    importId: string,
    end: { readonly state: 'DONE' } | { readonly state: 'FAILED'; readonly error: string },
    now: Date,
  ): Promise<ImportView | null>;
  get(importId: string): Promise<ImportView | null>;
  /** What is to say about lines, in the order of the lines. */
  lines(importId: string, filter: LineFilter, page: PageRequest): Promise<Page<ImportLine>>;
  /** The same counted by kind, the commonest first. */
  groups(importId: string): Promise<readonly ImportLineGroup[]>;
  /** Whole lines in batches, in the order of the lines, each with everything that is to say about it. */
  exportLines(
    importId: string,
    filter: Pick<LineFilter, 'fate'>,
  ): AsyncGenerator<readonly ExportedLine[], void, undefined>;
  /** Newest first. */
  list(page: PageRequest): Promise<Page<ImportView>>;
}

/**
 * In a statement: its transaction is committed without waiting for the disk, at most 0.6 s before it is there. An import may do so: a
 * database that dies loses the rows and their count together, and the end of the import, which waits as usual, comes after all of
 * them in the log. Saves a flush of up to 1 MB for each step.
 */
const LATER_ON_DISK = sql<string>`set_config('synchronous_commit', 'off', true)`;

/** CSV files on their way to leads. */
export function createImportStore(db: Kysely<Database>): ImportStore {
  return {
    async create(given, now, leaseUntil) {
      const row = await db
        .insertInto('imports')
        .values({
          id: given.id,
          file_name: given.fileName,
          state: 'PENDING',
          options: toJson(given.options),
          // A node of an older release looks for the file here. With this it says that the file cannot be read; with nothing it would
          // take the import for done.
          content: '"',
          rows_total: given.rowsTotal,
          complete: false,
          columns_key: given.columnsKey,
          created_at: now,
          due_at: leaseUntil,
        })
        .returning(COLUMNS)
        .executeTakeFirstOrThrow();
      return toImport(row);
    },

    async addChunk(importId, { number, firstRow, content }) {
      await sql`
        insert into import_chunks (import_id, number, first_row, content)
        select ${importId}::uuid, ${number}::integer, ${firstRow}::integer, ${content}::text
        from (select ${LATER_ON_DISK}) on_disk`.execute(db);
    },

    async complete(importId, now) {
      await db
        .updateTable('imports')
        .set({ complete: true, due_at: now })
        .where('id', '=', importId)
        .where('state', '=', 'PENDING')
        .execute();
    },

    async discard(importId) {
      await db
        .deleteFrom('imports')
        .where('id', '=', importId)
        .where('complete', '=', false)
        .execute();
    },

    async chunk(importId, number) {
      const row = await db
        .selectFrom('import_chunks')
        .select(['number', 'first_row', 'content'])
        .where('import_id', '=', importId)
        .where('number', '=', number)
        .executeTakeFirst();
      return row ? { number: row.number, firstRow: row.first_row, content: row.content } : null;
    },

    async optionsOfLast(columnsKey) {
      const row = await db
        .selectFrom('imports')
        .select('options')
        .where('columns_key', '=', columnsKey)
        .where('complete', '=', true)
        .orderBy('created_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.options ?? null;
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
        .returning([...COLUMNS, 'complete'])
        .executeTakeFirst();
      return row ? { ...toImport(row), complete: row.complete } : null;
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
            suppressed_rows: eb('suppressed_rows', '+', step.suppressed),
            failed_rows: eb('failed_rows', '+', step.failed),
            incomplete_rows: eb('incomplete_rows', '+', step.incomplete),
            due_at: leaseUntil,
          }))
          .where('id', '=', importId)
          .where('state', '=', 'RUNNING')
          .where('rows_done', '=', step.from)
          .returning(LATER_ON_DISK.as('on_disk'))
          .executeTakeFirst();
        if (!moved) return false;
        if (step.lines.length > 0) {
          const { lines } = step;
          await sql`
            insert into import_lines (import_id, line, position, fate, code, field, reason, phones, cells)
            select ${importId}::uuid, line, position, fate, code, field, reason, string_to_array(phones, ' '), cells
            from unnest(
              ${lines.map((each) => each.line)}::integer[],
              ${lines.map((each) => each.position)}::smallint[],
              ${lines.map((each) => each.fate)}::text[],
              ${lines.map((each) => each.code)}::text[],
              ${lines.map((each) => each.field)}::text[],
              ${lines.map((each) => withoutNul(each.reason))}::text[],
              ${lines.map((each) => each.phones.join(' '))}::text[],
              ${lines.map((each) => each.cells)}::text[]
            ) as given (line, position, fate, code, field, reason, phones, cells)
            on conflict (import_id, line, position) do nothing`.execute(tx);
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
        with stuck as (
          delete from import_chunks where import_id in (
            select id from imports where id = ${importId} and state = 'RUNNING' and stuck_at = rows_done
          )
        )
        update imports set
          stuck_at = rows_done,
          state = case when stuck_at = rows_done then 'FAILED' else state end,
          error = case when stuck_at = rows_done then ${error}::text end,
          content = case when stuck_at = rows_done then null else content end,
          due_at = case when stuck_at = rows_done then null else ${now}::timestamptz end,
          finished_at = case when stuck_at = rows_done then ${now}::timestamptz end
        where id = ${importId} and state = 'RUNNING'`.execute(db);
    },

    finish: (importId, end, now) =>
      inTransaction(db, async (tx) => {
        const row = await tx
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
        if (!row) return null;
        await tx.deleteFrom('import_chunks').where('import_id', '=', importId).execute();
        return toImport(row);
      }),

    async get(importId) {
      const row = await db
        .selectFrom('imports')
        .select(COLUMNS)
        .where('id', '=', importId)
        .executeTakeFirst();
      return row ? toImport(row) : null;
    },

    lines(importId, filter, page) {
      return readPage({
        db,
        order: BY_LINE,
        page,
        rows: (on, cut) =>
          linesOf(on, importId, filter)
            .selectAll()
            .where(cut.after)
            .orderBy(cut.orderBy)
            .limit(cut.limit)
            .execute(),
        total: (on) => countRows(linesOf(on, importId, filter)),
        map: ({ line, fate, code, field, reason }) => ({ line, fate, code, field, reason }),
      });
    },

    async groups(importId) {
      const { rows } = await sql<{
        fate: LineFate;
        code: string;
        field: string | null;
        lines: number;
        line: number;
        reason: string;
      }>`
        select grouped.*, example.reason
        from (
          select fate, code, field, count(*)::integer as lines, min(line) as line
          from import_lines where import_id = ${importId} group by fate, code, field
        ) grouped
        cross join lateral (
          select reason from import_lines l
          where l.import_id = ${importId} and l.line = grouped.line and l.code = grouped.code
            and l.field is not distinct from grouped.field
          order by position limit 1
        ) example
        order by lines desc, grouped.line`.execute(db);
      return rows.map(({ line, reason, ...group }) => ({ ...group, example: { line, reason } }));
    },

    async *exportLines(importId, { fate }) {
      let after = 0;
      for (;;) {
        const { rows } = await sql<{
          line: number;
          fate: LineFate;
          reasons: { field: string | null; reason: string }[];
          cells: string | null;
        }>`
          select line, min(fate) filter (where position = 0) as fate, max(cells) as cells,
            json_agg(json_build_object('field', field, 'reason', reason) order by position) as reasons
          from import_lines
          where import_id = ${importId} and line > ${after}
            and (${fate ?? null}::text is null or fate = ${fate ?? null}::text)
          group by line order by line limit ${EXPORT_BATCH_ROWS}`.execute(db);
        if (rows.length === 0) return;
        yield rows.map((row) => ({
          ...row,
          cells: row.cells === null ? null : (JSON.parse(row.cells) as string[]),
        }));
        after = rows.at(-1)?.line ?? after;
        if (rows.length < EXPORT_BATCH_ROWS) return;
      }
    },

    list: (page) =>
      readPage({
        db,
        order: NEWEST_FIRST,
        page,
        rows: (on, cut) =>
          on
            .selectFrom('imports')
            .select(COLUMNS)
            .where(cut.after)
            .orderBy(cut.orderBy)
            .limit(cut.limit)
            .execute(),
        total: (on) => countRows(on.selectFrom('imports')),
        map: toImport,
      }),
  };
}

const EXPORT_BATCH_ROWS = 500;

/** PostgreSQL's text has no room for NUL. */
const withoutNul = (text: string): string => text.replaceAll('\0', '');

function linesOf(db: Kysely<Database>, importId: string, { fate, code }: LineFilter) {
  let lines = db.selectFrom('import_lines').where('import_id', '=', importId);
  if (fate !== undefined) lines = lines.where('fate', '=', fate);
  if (code !== undefined) lines = lines.where('code', '=', code);
  return lines;
}

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
  'suppressed_rows',
  'failed_rows',
  'incomplete_rows',
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
  suppressedRows: row.suppressed_rows,
  failedRows: row.failed_rows,
  incompleteRows: row.incomplete_rows,
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

const BY_LINE: Order<Selectable<ImportLinesTable>> = {
  name: 'import lines',
  keys: [
    { expression: sql.ref('line'), type: 'integer', value: (row) => row.line },
    { expression: sql.ref('position'), type: 'integer', value: (row) => row.position },
  ],
};
