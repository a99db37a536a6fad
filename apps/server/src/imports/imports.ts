import { type Announcements, type Clock, type Ids, isPhoneCountry, type Jobs } from '@outdial/core';
import type {
  ImportStep,
  ImportStore,
  ImportView,
  LeadFields,
  QueueStore,
  UpsertedLead,
  UpsertOptions,
} from '@outdial/postgres';
import type { ImportOptions, ImportPreview } from '@outdial/protocol';
import type { CsvFile, StoredImportOptions as ShownImportOptions } from '../http/http-ports.js';
import { goThrough, leaseFrom } from './go-through.js';
import { UnreadableCsv } from './read-csv.js';
import { type ReadFile, readFile, requireFields } from './read-file.js';

/** What an import keeps of how it is to be done; `queue_name` has become an id. */
export interface StoredImportOptions extends ShownImportOptions {
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
  /** Gives other work a turn, so that 100,000 rows do not hold up the dialer. */
  readonly breathe: () => Promise<void>;
  /** Rows that are written in one transaction; those of the embedded database unless told. */
  readonly rowsAStep?: number;
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

/** The rows that were counted stay; importing the file again passes over them. */
const GIVEN_UP =
  'An error on our side, twice at the same place; see the log. Import the file again.';

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
        read = await readFile(file, options.mapping, ports.breathe);
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
          ports.breathe,
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
        if (error instanceof UnreadableCsv) {
          await imports.finish(importId, { state: 'FAILED', error: error.message }, clock.now());
          return;
        }
        await imports.giveUpIfStuck(importId, GIVEN_UP, clock.now());
        throw error;
      } finally {
        ports.announcements.announce({ kind: 'import', importId });
      }
    },

    close() {
      closing = true;
    },
  };
}

async function queueNamed(ports: ImportPorts, name: string): Promise<string> {
  const found = await ports.queues.findByName(name);
  if (found !== null) return found.id;
  const created = await ports.queues.create({ id: ports.ids.next(), name }, ports.clock.now());
  return created.kind === 'created' ? created.queue.id : created.queueId;
}
