import type {
  ImportJob,
  ImportStore,
  NewImportLine,
  WrittenBatch,
  WrittenLead,
} from '@outdial/postgres';
import type { PieceReader } from './file-reader.js';
import type { ImportPorts } from './import-ports.js';
import { fatesOf } from './line-fates.js';
import { cellsOf, readRow } from './pieces.js';
import { plainRow, type StepRows } from './step-rows.js';
import type { StoredImportOptions } from './stored-import-options.js';

/**
 * Rows of one transaction, `beside` calls and while nothing is dialed. The embedded database works in this thread, so a step is how long
 * everything else waits: 100 rows take 10 ms, and 250 a quarter less for each row, as a step costs 2 ms whatever its size. A server
 * works elsewhere, and its round trips count, of which a step has four.
 */
export const ROWS_A_STEP = {
  embedded: { beside: 100, alone: 250 },
  server: { beside: 500, alone: 500 },
} as const;
/** Screens, and sessions that wait for leads, hear so often of an import under way. */
const TELL_EVERY_MS = 500;
const LEASE_MS = 60_000;

export const leaseFrom = (now: Date): Date => new Date(now.getTime() + LEASE_MS);

/** A step, and the rows as they stand in the file: `[line, [cell, …]]`, from `firstRow` on. */
interface Batch extends StepRows {
  readonly texts: () => readonly string[];
  readonly firstRow: number;
}

/**
 * Turns the rows behind the first `rowsDone` into leads, step by step; each step and its count are one transaction. Numbers are read
 * and hashed in another thread. `taken_over`: another worker counts its rows now.
 */
export async function processImport(
  ports: ImportPorts,
  job: ImportJob,
  interrupted: () => boolean,
): Promise<'done' | 'interrupted' | 'taken_over'> {
  const options = job.options as StoredImportOptions;
  const reader = ports.reader.mapPieces({
    columns: options.columns,
    mapping: options.mapping,
    phoneColumns: options.phone_columns,
    defaultCountry: options.default_country,
    allowedCountries: options.allowed_countries,
    hashKey: ports.hashKey,
  });
  const batches = batchesOf(ports, job, reader);
  const news = createNews(ports, job.id, options.queue_id);
  try {
    let batch = await batches.next();
    while (!batch.done) {
      if (interrupted()) return 'interrupted';
      // The next one is made ready while the database works on this one.
      const [applied, next] = await Promise.all([
        applyBatch(ports, job.id, options, batch.value),
        batches.next(),
      ]);
      if (applied === null) return 'taken_over';
      news.add(applied.queueIds);
      batch = next;
      await ports.yieldToEventLoop();
    }
    return 'done';
  } finally {
    reader.close();
    news.publish();
  }
}

async function* batchesOf(
  ports: Pick<ImportPorts, 'rowsAStep'> & { readonly imports: Pick<ImportStore, 'chunk'> },
  job: ImportJob,
  reader: PieceReader,
): AsyncGenerator<Batch, void, undefined> {
  const { rowsAStep: wanted = ROWS_A_STEP.embedded.beside } = ports;
  const load = async (number: number) => {
    const chunk = await ports.imports.chunk(job.id, number);
    if (chunk === null) return null;
    const { content, firstRow } = chunk;
    const rowsAStep = typeof wanted === 'number' ? wanted : wanted();
    const steps = await reader.steps({ content, firstRow, rowsDone: job.rowsDone, rowsAStep });
    let lines: readonly string[] | null = null;
    const texts = () => {
      lines ??= content.split('\n');
      return lines;
    };
    return steps.map((step): Batch => ({ ...step, firstRow, texts }));
  };
  // From the first one, also where rows are done already: a number may be that of an earlier line.
  let coming = load(0);
  for (let number = 1; ; number += 1) {
    const batches = await coming;
    if (batches === null) return;
    // Read while the database writes the steps of the piece before.
    coming = load(number);
    coming.catch(() => undefined);
    yield* batches;
  }
}

/** null, and nothing is written, when another worker has taken the import over. */
async function applyBatch(
  ports: ImportPorts,
  importId: string,
  options: StoredImportOptions,
  batch: Batch,
) {
  const { from, rows, columns, others } = batch;
  const now = ports.clock.now();
  return ports.applyStep(
    importId,
    {
      columns,
      leads: others.flatMap(({ row, place, inColumns }) => {
        if (row.kind !== 'lead' || inColumns) return [];
        // Only `update` lets a later line write over an earlier one.
        if (row.sameAs !== null && options.duplicates === 'skip') return [];
        return [
          { ...row.lead, phoneHash: row.phoneHash, emailHash: row.emailHash, position: place },
        ];
      }),
      suppress: others.flatMap(({ row }) =>
        row.kind === 'suppress'
          ? row.phones.map((phone) => ({
              phone,
              reason: SUPPRESSED_BECAUSE,
              source: 'import' as const,
            }))
          : [],
      ),
    },
    {
      duplicates: options.duplicates,
      ...(options.queue_id === null ? {} : { queueId: options.queue_id }),
      firstPosition: from,
      now,
      ids: ports.ids,
    },
    (written) => {
      const told = fatesIn(batch, written);
      const count = (fate: string): number => told.filter((each) => each.fate === fate).length;
      return {
        from,
        rowsDone: from + rows,
        created: rows - told.length + count('created'),
        updated: count('updated'),
        skipped: count('skipped'),
        suppressed: count('suppressed'),
        failed: count('refused'),
        incomplete: told.filter(({ incomplete }) => incomplete).length,
        lines: told.flatMap(({ row, fate, notes, cells }) =>
          notes.map(
            (note, position): NewImportLine => ({
              line: row.line,
              position,
              fate,
              ...note,
              phones: position === 0 ? row.phones : [],
              cells: position === 0 ? cells : null,
            }),
          ),
        ),
      };
    },
    leaseFrom(now),
  );
}

/** Of the rows that are not simply a new lead, in the order of the file. */
function fatesIn({ others, texts, firstRow }: Batch, written: WrittenBatch) {
  const otherOf = new Map(others.map((other) => [other.place, other]));
  const places = [...new Set([...otherOf.keys(), ...written.keys()])].sort((a, b) => a - b);
  return places.map((place) => {
    const text = texts()[place - firstRow] ?? '';
    const other = otherOf.get(place);
    const lead = written.get(place) ?? (other?.inColumns ? SIMPLY_NEW : null);
    const row = other?.row ?? plainRow(writtenAt(written, place).lead, readRow(text).line);
    const isSuppressed =
      lead?.isSuppressed || lead?.queued === 'suppressed' || lead?.itemState === 'SUPPRESSED';
    return {
      row,
      cells: cellsOf(text),
      ...fatesOf(row, lead, { isSuppressed: isSuppressed ?? false }),
    };
  });
}

const SIMPLY_NEW = {
  kind: 'created',
  queued: 'added',
  itemState: undefined,
  isSuppressed: false,
} as const;

function writtenAt(written: WrittenBatch, place: number): WrittenLead {
  const lead = written.get(place);
  if (lead === undefined) throw new Error('A row of the step was lost.');
  return lead;
}

const SUPPRESSED_BECAUSE = 'Marked "do not call" in an imported file';

/** `publish` announces what happened since it last did; call it at the end, so that the last step is announced too. */
function createNews(ports: ImportPorts, importId: string, queueId: string | null) {
  let publishedAt = Number.NEGATIVE_INFINITY;
  let pending = false;
  const queues = new Set<string>();
  const publish = (): void => {
    if (!pending) return;
    pending = false;
    publishedAt = ports.clock.now().getTime();
    ports.announcements.announce({ kind: 'import', importId });
    if (queueId !== null) ports.queueFilled(queueId);
    for (const each of queues) ports.announcements.announce({ kind: 'queue', queueId: each });
    queues.clear();
  };
  return {
    publish,
    add(queueIds: readonly string[]): void {
      pending = true;
      for (const each of queueIds) queues.add(each);
      if (ports.clock.now().getTime() - publishedAt >= TELL_EVERY_MS) publish();
    },
  };
}
