import { isPhoneCountry } from '@outdial/core';
import type { ImportStore, ImportView } from '@outdial/postgres';
import { ColumnMapping, type ImportOptions, type ImportPreview } from '@outdial/protocol';
import { z } from 'zod';
import type { CsvFile } from './csv-file.js';
import type { ImportPorts } from './import-ports.js';
import { type LookedAtFile, type ReadingWishes, requireFields } from './look-at-file.js';
import { leaseFrom, processImport } from './process-import.js';
import { createTurns } from './reading-turns.js';
import type { StoredImportOptions } from './stored-import-options.js';
import { UnreadableFile } from './unreadable-file.js';

export type ImportStart =
  | { readonly kind: 'started'; readonly import: ImportView }
  | { readonly kind: 'invalid_csv'; readonly reason: string }
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number }
  | { readonly kind: 'unknown_queue' }
  | { readonly kind: 'invalid_option'; readonly field: string; readonly reason: string };

export interface Imports {
  /** Reads the whole file once, so that one that cannot be read stores nothing; then a job makes leads of it. */
  start(file: CsvFile, options: ImportOptions, signal?: AbortSignal): Promise<ImportStart>;
  preview(
    file: CsvFile,
    options?: Pick<ImportOptions, 'encoding' | 'heading_line' | 'mapping' | 'phone_columns'>,
    signal?: AbortSignal,
  ): Promise<
    | { readonly kind: 'preview'; readonly preview: ImportPreview }
    | { readonly kind: 'invalid_csv'; readonly reason: string }
    | { readonly kind: 'busy'; readonly retryAfterSeconds: number }
  >;
  /** The job: takes the import over where it stands, and continues to its end. Safe to run twice and on two nodes. */
  run(importId: string): Promise<void>;
  /** Does this node make leads of a file? */
  isRunning(): boolean;
  /** Stops after the step under way and releases the import. */
  close(): void;
}

/** The rows that were counted stay; importing the file again passes over them. */
const GIVEN_UP =
  'An error on our side, twice at the same place; see the log. Import the file again.';
const TAKEN_IN_HALF =
  'The server stopped while the file was being taken in, so nothing of it was imported. Import the file again.';

/** Longer than 48 MB take to be stored. */
const STORED_WITHIN_MS = 10 * 60_000;
/** Files are read one at a time on each node, as each takes a core and up to 1 GB; so many others wait. */
export const READING = { atOnce: 1, waiting: 8, withinMs: 30_000 };
const RETRY_AFTER_SECONDS = 15;
/** Imports that run at once on one node; the others stay due. */
const RUNNING = { atOnce: 2, waiting: 1_000, withinMs: 24 * 3_600_000 };

export function createImports(ports: ImportPorts): Imports {
  const { imports, jobs, clock, ids } = ports;
  const reading = ports.reading ?? createTurns(READING);
  const running = createTurns(RUNNING);
  const known = new Set<string>();
  let closing = false;

  /** The file is closed, and the turn given back, whatever happens. */
  async function withFile<T>(
    file: CsvFile,
    wishes: ReadingWishes,
    signal: AbortSignal | undefined,
    work: (
      looked: LookedAtFile,
      pieces: () => AsyncGenerator<Parameters<ImportStore['addChunk']>[1]>,
    ) => Promise<T>,
  ): Promise<T | { readonly kind: 'invalid_csv'; readonly reason: string } | typeof BUSY> {
    const giveBack = await reading.take(signal);
    if (giveBack === null) {
      signal?.throwIfAborted();
      return BUSY;
    }
    try {
      const opened = await ports.reader.open(file.content, wishes, signal);
      try {
        return await work(opened.looked, () => opened.pieces());
      } finally {
        opened.close();
      }
    } catch (error) {
      if (error instanceof UnreadableFile) return { kind: 'invalid_csv', reason: error.message };
      throw error;
    } finally {
      giveBack();
    }
  }

  return {
    async start(file, options, signal) {
      const defaultCountry =
        options.default_country?.toUpperCase() ?? (await ports.defaultCountry());
      if (defaultCountry !== null && !isPhoneCountry(defaultCountry)) {
        return {
          kind: 'invalid_option',
          field: 'default_country',
          reason: `${defaultCountry} is no country with telephone numbers; use a code such as US or DE`,
        };
      }
      if (options.queue_id !== undefined) {
        const queue = await ports.queues.get(options.queue_id);
        if (queue === null || queue.archivedAt !== null) return { kind: 'unknown_queue' };
      }
      return withFile(
        file,
        wishesOf(options),
        signal,
        async (looked, pieces): Promise<ImportStart> => {
          requireFields(looked.mapping);
          const queueId =
            options.queue_id ??
            (options.queue_name === undefined ? null : await queueNamed(ports, options.queue_name));
          const stored: StoredImportOptions = {
            columns: looked.columns,
            mapping: looked.mapping,
            phone_columns: looked.phoneColumns,
            default_country: defaultCountry,
            allowed_countries: (await ports.allowedCountries?.()) ?? [],
            duplicates: options.duplicates,
            queue_id: queueId,
          };
          const now = clock.now();
          const created = await imports.create(
            {
              id: ids.next(),
              fileName: file.fileName,
              options: stored,
              rowsTotal: looked.rows,
              columnsKey: looked.columnsKey,
            },
            now,
            new Date(now.getTime() + STORED_WITHIN_MS),
          );
          try {
            for await (const piece of pieces()) {
              signal?.throwIfAborted();
              await imports.addChunk(created.id, piece);
            }
          } catch (error) {
            await imports.discard(created.id);
            throw error;
          }
          await imports.complete(created.id, clock.now());
          jobs.wake({ job: 'run-import', id: created.id });
          return { kind: 'started', import: created };
        },
      );
    },

    preview: (file, options = {}, signal) =>
      withFile(file, wishesOf(options), signal, async (looked) => {
        const remembered =
          options.mapping === undefined ? await lastMapping(imports, looked) : null;
        const {
          columnsKey: _key,
          encodingSure,
          encodingSample,
          headingLine,
          phoneColumns,
          ...shown
        } = looked;
        return {
          kind: 'preview' as const,
          preview: {
            ...shown,
            encoding_sure: encodingSure,
            encoding_sample: encodingSample,
            heading_line: headingLine,
            phone_columns: phoneColumns,
            remembered: remembered !== null,
            ...(remembered !== null && {
              mapping: remembered.mapping,
              phone_columns: remembered.phoneColumns,
              unread: looked.unread.filter(
                ({ column }) => !Object.hasOwn(remembered.mapping, column),
              ),
            }),
          },
        };
      }),

    async run(importId) {
      // Hints come more often than once.
      if (closing || known.has(importId)) return;
      known.add(importId);
      const giveBack = await running.take();
      try {
        if (!closing && giveBack !== null) await runOne(importId);
      } finally {
        giveBack?.();
        known.delete(importId);
      }
    },

    isRunning: () => known.size > 0,

    close() {
      closing = true;
    },
  };

  async function runOne(importId: string): Promise<void> {
    const now = clock.now();
    const job = await imports.claim(importId, now, leaseFrom(now));
    if (job === null) return;
    try {
      if (!job.complete) {
        await imports.finish(importId, { state: 'FAILED', error: TAKEN_IN_HALF }, clock.now());
        return;
      }
      const done = await processImport(ports, job, () => closing);
      if (done === 'interrupted') await imports.release(importId, clock.now());
      if (done !== 'done') return;
      await imports.finish(importId, { state: 'DONE' }, clock.now());
    } catch (error) {
      if (error instanceof UnreadableFile) {
        await imports.finish(importId, { state: 'FAILED', error: error.message }, clock.now());
        return;
      }
      await imports.giveUpIfStuck(importId, GIVEN_UP, clock.now());
      throw error;
    } finally {
      ports.announcements.announce({ kind: 'import', importId });
    }
  }
}

const BUSY = { kind: 'busy', retryAfterSeconds: RETRY_AFTER_SECONDS } as const;

const wishesOf = (options: Partial<ImportOptions>): ReadingWishes => ({
  encoding: options.encoding,
  headingLine: options.heading_line,
  mapping: options.mapping,
  phoneColumns: options.phone_columns,
});

const Remembered = z.object({ mapping: ColumnMapping, phone_columns: z.array(z.string()) });

/** How the last file with these columns was mapped; null: there is none, or it was mapped to nothing that a lead needs. */
async function lastMapping(imports: ImportStore, looked: LookedAtFile) {
  // Names that we gave are no heading to know a file by.
  if (looked.headingLine === 0) return null;
  const { data } = Remembered.safeParse(await imports.optionsOfLast(looked.columnsKey));
  if (data === undefined) return null;
  const columns = new Set(looked.columns);
  if (!Object.keys(data.mapping).every((column) => columns.has(column))) return null;
  // What the cells of this file say about who must not be called is not forgotten because a person once forgot it.
  const guessed = Object.entries(looked.mapping).filter(([, field]) => field === 'do_not_call');
  return {
    mapping: { ...Object.fromEntries(guessed), ...data.mapping },
    phoneColumns: data.phone_columns,
  };
}

async function queueNamed(ports: ImportPorts, name: string): Promise<string> {
  const found = await ports.queues.findByName(name);
  if (found !== null) return found.id;
  const created = await ports.queues.create({ id: ports.ids.next(), name }, ports.clock.now());
  return created.kind === 'created' ? created.queue.id : created.queueId;
}
