import { type Announcements, type Clock, type Ids, isPhoneCountry, type Jobs } from '@outdial/core';
import type {
  ImportJob,
  ImportStep,
  ImportStore,
  ImportView,
  LeadFields,
  QueueStore,
  UpsertedLead,
  UpsertOptions,
} from '@outdial/postgres';
import type { ColumnMapping, ImportOptions, ImportPreview } from '@outdial/protocol';
import type { CsvFile, StoredImportOptions as ShownImportOptions } from '../http/http-ports.js';
import { guessMapping } from './guess-mapping.js';
import { type MappedRow, rowMapper } from './map-row.js';
import { checkText, decodeCsv, detectDelimiter, readRows, UnreadableCsv } from './read-csv.js';

/** What an import keeps of how it is to be done; `queue_name` has become an id. */
interface StoredImportOptions extends ShownImportOptions {
  readonly delimiter: string;
  readonly default_country: string | null;
  readonly duplicates: 'skip' | 'update';
}

export interface ImportPorts {
  readonly imports: ImportStore;
  readonly queues: Pick<QueueStore, 'get' | 'findByName' | 'create'>;
  /** The leads of one step and its count, in one transaction. */
  readonly applyStep: (
    importId: string,
    rows: readonly LeadFields[],
    options: UpsertOptions,
    step: (upserted: readonly UpsertedLead[]) => ImportStep,
    leaseUntil: Date,
  ) => Promise<boolean>;
  /** Hears when leads were put into a queue, so that sessions waiting there look again. */
  readonly queueFilled: (queueId: string) => void;
  readonly defaultCountry: () => Promise<string | null>;
  readonly jobs: Jobs;
  readonly announcements: Announcements;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Gives other work a turn; between steps, so that 100,000 rows do not hold up the dialer. */
  readonly breathe: () => Promise<void>;
}

export type ImportStart =
  | { readonly kind: 'started'; readonly import: ImportView }
  | { readonly kind: 'invalid_csv'; readonly reason: string }
  | { readonly kind: 'unknown_queue' }
  | { readonly kind: 'invalid_option'; readonly field: string; readonly reason: string };

export interface Imports {
  /** Reads the whole file once, so that one that cannot be read stores nothing; then a job goes through it. */
  start(file: CsvFile, options: ImportOptions): Promise<ImportStart>;
  preview(
    file: CsvFile,
  ): Promise<{ kind: 'preview'; preview: ImportPreview } | { kind: 'invalid_csv'; reason: string }>;
  /** The job: takes the import over where it stands, and goes on to its end. Safe to run twice and on two nodes. */
  run(importId: string): Promise<void>;
  /** Stops after the step under way and gives the import back. */
  close(): void;
}

const LEASE = 60_000;
/** Measured on PGlite and PostgreSQL: larger steps are hardly faster, and hold the embedded database up longer. */
const ROWS_A_STEP = 250;
const SAMPLE_ROWS = 5;

export function createImports(ports: ImportPorts): Imports {
  const { imports, jobs, clock, ids } = ports;
  let closing = false;

  return {
    async start(file, options) {
      const defaultCountry =
        options.default_country?.toUpperCase() ?? (await ports.defaultCountry());
      if (defaultCountry !== null && !isPhoneCountry(defaultCountry)) {
        return {
          kind: 'invalid_option',
          field: 'default_country',
          reason: `${defaultCountry} is no country with telephone numbers; use a code such as US or DE`,
        };
      }
      let queueId = options.queue_id ?? null;
      if (queueId !== null) {
        const queue = await ports.queues.get(queueId);
        if (queue === null || queue.archivedAt !== null) return { kind: 'unknown_queue' };
      }
      let read: ReadFile;
      try {
        read = await readFile(file, options.mapping, SAMPLE_ROWS);
        requireFields(read.mapping);
      } catch (error) {
        if (error instanceof UnreadableCsv) return { kind: 'invalid_csv', reason: error.message };
        throw error;
      }
      if (queueId === null && options.queue_name !== undefined) {
        queueId = await queueNamed(ports, options.queue_name);
      }
      const stored: StoredImportOptions = {
        mapping: read.mapping,
        delimiter: read.delimiter,
        default_country: defaultCountry,
        duplicates: options.duplicates,
        queue_id: queueId,
      };
      const created = await imports.create(
        {
          id: ids.next(),
          fileName: file.fileName,
          options: stored,
          content: read.text,
          rowsTotal: read.rows,
        },
        clock.now(),
      );
      jobs.wake({ job: 'run-import', id: created.id });
      return { kind: 'started', import: created };
    },

    async preview(file) {
      try {
        const { columns, mapping, delimiter, sample, rows } = await readFile(
          file,
          undefined,
          SAMPLE_ROWS,
        );
        return { kind: 'preview', preview: { columns, mapping, delimiter, sample, rows } };
      } catch (error) {
        if (error instanceof UnreadableCsv) return { kind: 'invalid_csv', reason: error.message };
        throw error;
      }
    },

    async run(importId) {
      if (closing) return;
      const now = clock.now();
      const job = await imports.claim(importId, now, leaseFrom(now));
      if (job === null) return;
      try {
        const done = await goThrough(ports, job, () => closing);
        if (done === 'interrupted') await imports.release(importId, clock.now());
        if (done !== 'done') return;
        await imports.finish(importId, { state: 'DONE' }, clock.now());
      } catch (error) {
        // The rows already counted stay; a person sees why it ended, and may import the file again.
        const message =
          error instanceof UnreadableCsv ? error.message : 'An error on our side; see the log.';
        await imports.finish(importId, { state: 'FAILED', error: message }, clock.now());
        if (!(error instanceof UnreadableCsv)) throw error;
      } finally {
        ports.announcements.announce({ kind: 'import', importId });
      }
    },

    close() {
      closing = true;
    },
  };
}

const leaseFrom = (now: Date): Date => new Date(now.getTime() + LEASE);

/** `taken_over`: another worker counts its rows now. */
async function goThrough(
  ports: ImportPorts,
  job: ImportJob,
  interrupted: () => boolean,
): Promise<'done' | 'interrupted' | 'taken_over'> {
  const options = job.options as StoredImportOptions;
  const rows = readRows(job.content, options.delimiter);
  const heading = await rows.next();
  if (heading.done) return 'done';
  const map = rowMapper(
    heading.value.fields,
    options.mapping,
    options.default_country ?? undefined,
  );

  let at = 0;
  let from = job.rowsDone;
  let batch: MappedRow[] = [];
  for await (const row of rows) {
    at += 1;
    if (at <= job.rowsDone) continue;
    batch.push(map(row));
    if (batch.length < ROWS_A_STEP) continue;
    if (!(await applyBatch(ports, job.id, options, from, batch))) return 'taken_over';
    from = at;
    batch = [];
    await ports.breathe();
    if (interrupted()) return 'interrupted';
  }
  if (batch.length > 0 && !(await applyBatch(ports, job.id, options, from, batch)))
    return 'taken_over';
  return 'done';
}

async function applyBatch(
  ports: ImportPorts,
  importId: string,
  options: StoredImportOptions,
  from: number,
  batch: readonly MappedRow[],
): Promise<boolean> {
  const leads = batch.flatMap((row) => (row.kind === 'lead' ? [row.lead] : []));
  const errors = batch.flatMap((row) => (row.kind === 'error' ? [row] : []));
  const now = ports.clock.now();
  const counted = await ports.applyStep(
    importId,
    leads,
    {
      duplicates: options.duplicates,
      ...(options.queue_id === null ? {} : { queueId: options.queue_id }),
      firstPosition: from,
      now,
      ids: ports.ids,
    },
    (upserted) => ({
      from,
      rowsDone: from + batch.length,
      created: upserted.filter((row) => row.kind === 'created').length,
      updated: upserted.filter((row) => row.kind === 'updated').length,
      skipped: upserted.filter((row) => row.kind === 'skipped' || row.kind === 'duplicate_in_batch')
        .length,
      failed: errors.length,
      errors: errors.map(({ line, field, reason }) => ({ line, field, reason })),
    }),
    leaseFrom(now),
  );
  if (!counted) return false;
  ports.announcements.announce({ kind: 'import', importId });
  if (options.queue_id !== null && leads.length > 0) ports.queueFilled(options.queue_id);
  return true;
}

interface ReadFile {
  readonly text: string;
  readonly delimiter: string;
  readonly columns: string[];
  readonly mapping: ColumnMapping;
  readonly sample: string[][];
  readonly rows: number;
}

async function readFile(
  file: CsvFile,
  wanted: ColumnMapping | undefined,
  sampleRows: number,
): Promise<ReadFile> {
  const text =
    typeof file.content === 'string'
      ? checkText(file.content)
      : decodeCsv(Buffer.from(file.content));
  const delimiter = detectDelimiter(text);
  const rows = readRows(text, delimiter);
  const heading = await rows.next();
  if (heading.done)
    throw new UnreadableCsv('The file is empty. The first line must name the columns.');
  const columns = [...heading.value.fields];
  const sample: string[][] = [];
  let count = 0;
  for await (const row of rows) {
    count += 1;
    if (sample.length < sampleRows) sample.push([...row.fields]);
  }
  if (count === 0) {
    throw new UnreadableCsv(
      'The file has a heading and no rows below it, so there is nothing to import.',
    );
  }
  const missing = Object.keys(wanted ?? {}).find((column) => !columns.includes(column));
  if (missing !== undefined) {
    throw new UnreadableCsv(
      `The mapping names the column "${missing}", which the file does not have. Its columns are: ${columns.join(', ')}.`,
    );
  }
  return {
    text,
    delimiter,
    columns,
    mapping: wanted ?? guessMapping(columns),
    sample,
    rows: count,
  };
}

function requireFields(mapping: ColumnMapping): void {
  const fields = new Set(Object.values(mapping));
  if (!fields.has('phone_number')) {
    throw new UnreadableCsv(
      'No column is mapped to phone_number. Say which one holds the number to call.',
    );
  }
  if (!fields.has('name') && !fields.has('first_name') && !fields.has('last_name')) {
    throw new UnreadableCsv(
      'No column is mapped to name (or first_name and last_name). Say which one holds it.',
    );
  }
}

async function queueNamed(ports: ImportPorts, name: string): Promise<string> {
  const found = await ports.queues.findByName(name);
  if (found !== null) return found.id;
  const created = await ports.queues.create({ id: ports.ids.next(), name }, ports.clock.now());
  return created.kind === 'created' ? created.queue.id : created.queueId;
}
