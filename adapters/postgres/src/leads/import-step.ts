import type { NewSuppression } from '@outdial/core';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../engine/database.js';
import { retryLostRaces } from '../engine/retry-lost-races.js';
import type { PersonHashes } from '../privacy/person-hashes.js';
import { createImportStore, type ImportStep } from './imports.js';
import { insertNewLeads } from './insert-new-leads.js';
import type { LeadColumns } from './lead-columns.js';
import type { UpsertOptions } from './lead-fields.js';
import { createLeadStore } from './leads.js';
import { createSuppressionStore } from './suppressions.js';
import type { HashedLead, UpsertedLead } from './upsert-leads.js';

class TakenOver extends Error {}

/** The rows of one step of an import. */
export interface ImportBatch {
  /** Leads, each number once in the whole step; null: none. */
  readonly columns: LeadColumns | null;
  /** Leads that need more than a row of columns: further numbers, or a number that came before. In the order of the file. */
  readonly leads: readonly (HashedLead & { readonly position: number })[];
  /** Numbers of people who must not be called, by what the file says. */
  readonly suppress: readonly NewSuppression[];
}

/** What became of a row that is not simply a new lead, and waits to be called where there is a queue. */
export interface WrittenLead extends Pick<UpsertedLead, 'kind' | 'queued' | 'itemState'> {
  readonly lead: HashedLead;
  /** Its number is on the suppression list. Looked at without a queue only, as the place in a queue says so. */
  readonly isSuppressed: boolean;
}

/** By their place in the file: all of `leads`, and those of `columns` that are not simply new. */
export type WrittenBatch = ReadonlyMap<number, WrittenLead>;

/** `queueIds`: queues whose items were suppressed. */
export type AppliedStep = { readonly queueIds: readonly string[] } | null;

/**
 * The leads and suppressions of one step of an import and its count, in one transaction: a worker that dies leaves neither rows that
 * were not counted nor rows that were counted twice. null, and nothing is written, when the import is not at
 * `step.from` any more: another worker has it.
 */
export const createImportStepper =
  (db: Kysely<Database>, hashes: PersonHashes | null = null) =>
  async (
    importId: string,
    batch: ImportBatch,
    options: UpsertOptions,
    step: (written: WrittenBatch) => ImportStep,
    leaseUntil: Date,
  ): Promise<AppliedStep> => {
    try {
      return await retryLostRaces(() =>
        db.transaction().execute(async (tx) => {
          // Before the leads, so that a lead of the same step with such a number comes into its queue as suppressed.
          const { queueIds } =
            batch.suppress.length === 0
              ? { queueIds: [] }
              : await createSuppressionStore(tx).add(batch.suppress, options.now);
          const written = await writeLeads(tx, batch, options, hashes);
          const counted = await createImportStore(tx).progress(importId, step(written), leaseUntil);
          if (!counted) throw new TakenOver();
          return { queueIds };
        }),
      );
    } catch (error) {
      if (error instanceof TakenOver) return null;
      throw error;
    }
  };

async function writeLeads(
  tx: Kysely<Database>,
  { columns, leads }: ImportBatch,
  options: UpsertOptions,
  hashes: PersonHashes | null,
): Promise<WrittenBatch> {
  const written = new Map<number, WrittenLead>();
  const unusual = columns === null ? [] : await insertNewLeads(tx, columns, options);
  const open = [...leads];
  for (const { place, lead, state } of unusual) {
    if (state === 'known') {
      open.push({ ...lead, position: place });
      continue;
    }
    const queued = state === 'DONE' ? ('ended' as const) : ('suppressed' as const);
    written.set(place, {
      kind: 'created',
      lead,
      queued: options.queueId === undefined ? null : queued,
      isSuppressed: state === 'SUPPRESSED',
    });
  }
  if (open.length === 0) return written;
  // Of two rows for one lead the later one has the last word.
  open.sort((a, b) => a.position - b.position);
  const upserted = await createLeadStore(tx, hashes).upsertBatch(open, options);
  const suppressed = options.queueId === undefined ? await suppressedAmong(tx, open) : NO_LEADS;
  for (const [at, lead] of open.entries()) {
    const done = upserted[at];
    if (done === undefined) throw new Error('A row of the batch was lost.');
    written.set(lead.position, { ...done, lead, isSuppressed: suppressed.has(lead.phone) });
  }
  return written;
}

const NO_LEADS: ReadonlySet<string> = new Set();

async function suppressedAmong(
  tx: Kysely<Database>,
  leads: readonly HashedLead[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ phone: string }>`
    select phone from suppressions where phone = any(${leads.map(({ phone }) => phone)}::text[])`.execute(
    tx,
  );
  return new Set(rows.map(({ phone }) => phone));
}
