import type { ImportJob } from '@outdial/postgres';
import type { ImportPorts, StoredImportOptions } from './imports.js';
import { type MappedRow, rowMapper } from './map-row.js';
import { columnNames, readRows } from './read-csv.js';

/**
 * Measured with perf/import.ts. The embedded database works in this thread, so a step is how long everything else waits
 * (25 ms for 100 rows); a server works elsewhere, and the round trips count.
 */
export const ROWS_A_STEP = { embedded: 100, server: 1000 } as const;
/** About 0.5 ms, nearly all of it the telephone numbers: a call takes a dozen turns of the event loop, and waits at each. */
const ROWS_A_BREATH = 25;
/** Screens, and sessions that wait for leads, hear so often of an import under way. */
const TELL_EVERY_MS = 500;
const LEASE_MS = 60_000;

export const leaseFrom = (now: Date): Date => new Date(now.getTime() + LEASE_MS);

/** Rows in the order of the file; `from` of them came before. */
interface Batch {
  readonly from: number;
  readonly rows: readonly MappedRow[];
}

/**
 * Turns the rows behind the first `rowsDone` into leads, step by step; each step and its count are one transaction.
 * `taken_over`: another worker counts its rows now.
 */
export async function goThrough(
  ports: ImportPorts,
  job: ImportJob,
  interrupted: () => boolean,
): Promise<'done' | 'interrupted' | 'taken_over'> {
  const options = job.options as StoredImportOptions;
  const batches = batchesOf(ports, job, options);
  const tell = teller(ports, job.id, options.queue_id);
  try {
    let batch = await batches.next();
    while (!batch.done) {
      if (interrupted()) return 'interrupted';
      // The next one is made ready while the database works on this one.
      const [counted, next] = await Promise.all([
        applyBatch(ports, job.id, options, batch.value),
        batches.next(),
      ]);
      if (!counted) return 'taken_over';
      tell.maybe();
      batch = next;
    }
    return 'done';
  } finally {
    tell.now();
  }
}

async function* batchesOf(
  ports: Pick<ImportPorts, 'rowsAStep' | 'breathe'>,
  job: ImportJob,
  options: StoredImportOptions,
): AsyncGenerator<Batch, void, undefined> {
  const { rowsAStep = ROWS_A_STEP.embedded } = ports;
  const rows = readRows(job.content, options.delimiter);
  const heading = rows.next();
  if (heading.done) return;
  const map = rowMapper(
    columnNames(heading.value),
    options.mapping,
    options.default_country ?? undefined,
  );
  let at = 0;
  let batch: MappedRow[] = [];
  for (const row of rows) {
    at += 1;
    if (at % ROWS_A_BREATH === 0) await ports.breathe();
    if (at <= job.rowsDone) continue;
    batch.push(map(row));
    if (batch.length < rowsAStep) continue;
    yield { from: at - batch.length, rows: batch };
    batch = [];
  }
  if (batch.length > 0) yield { from: at - batch.length, rows: batch };
}

/** False, and nothing is written, when another worker has taken the import over. */
async function applyBatch(
  ports: ImportPorts,
  importId: string,
  options: StoredImportOptions,
  { from, rows }: Batch,
): Promise<boolean> {
  const leads = rows.flatMap((row) => (row.kind === 'lead' ? [row.lead] : []));
  const errors = rows.flatMap((row) => (row.kind === 'error' ? [row] : []));
  const now = ports.clock.now();
  const updates = options.duplicates === 'update';
  return ports.applyStep(
    importId,
    leads,
    {
      duplicates: options.duplicates,
      ...(options.queue_id === null ? {} : { queueId: options.queue_id }),
      firstPosition: from,
      now,
      ids: ports.ids,
    },
    (upserted) => {
      const count = (...kinds: (typeof upserted)[number]['kind'][]): number =>
        upserted.filter(({ kind }) => kinds.includes(kind)).length;
      return {
        from,
        rowsDone: from + rows.length,
        created: count('created'),
        // The same whether two rows with one number come in one step or in two.
        updated: updates ? count('updated', 'duplicate_in_batch') : 0,
        skipped: updates ? 0 : count('skipped', 'duplicate_in_batch'),
        failed: errors.length,
        errors: errors.map(({ line, field, reason }) => ({ line, field, reason })),
      };
    },
    leaseFrom(now),
  );
}

/** `now` tells whatever happened since it told last, so that nobody waits for the news of the last step. */
function teller(ports: ImportPorts, importId: string, queueId: string | null) {
  let toldAt = Number.NEGATIVE_INFINITY;
  let news = false;
  const now = (): void => {
    if (!news) return;
    news = false;
    toldAt = ports.clock.now().getTime();
    ports.announcements.announce({ kind: 'import', importId });
    if (queueId !== null) ports.queueFilled(queueId);
  };
  return {
    now,
    maybe(): void {
      news = true;
      if (ports.clock.now().getTime() - toldAt >= TELL_EVERY_MS) now();
    },
  };
}
