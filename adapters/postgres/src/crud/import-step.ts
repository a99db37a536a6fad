import type { Kysely } from 'kysely';
import type { Database } from '../database.js';
import { createImportStore, type ImportStep } from './imports.js';
import { createLeadStore, type LeadFields, type UpsertOptions } from './leads.js';
import type { PersonHashes } from './person-hashes.js';
import type { UpsertedLead } from './upsert-leads.js';

class TakenOver extends Error {}

/**
 * The leads of one step of an import and its count, in one transaction: a worker that dies leaves neither rows that
 * were not counted nor rows that were counted twice. False, and nothing is written, when the import is not at
 * `step.from` any more: another worker has it.
 */
export const createImportStepper =
  (db: Kysely<Database>, hashes: PersonHashes | null = null) =>
  async (
    importId: string,
    rows: readonly LeadFields[],
    options: UpsertOptions,
    step: (upserted: readonly UpsertedLead[]) => ImportStep,
    leaseUntil: Date,
  ): Promise<boolean> => {
    try {
      await db.transaction().execute(async (tx) => {
        const upserted =
          rows.length === 0 ? [] : await createLeadStore(tx, hashes).upsertBatch(rows, options);
        const counted = await createImportStore(tx).progress(importId, step(upserted), leaseUntil);
        if (!counted) throw new TakenOver();
      });
      return true;
    } catch (error) {
      if (error instanceof TakenOver) return false;
      throw error;
    }
  };
