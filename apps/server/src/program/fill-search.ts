import { fillSearchIndex } from '@outdial/postgres';
import type { Imports } from '../features/imports/imports.js';
import type { WorkNeeds } from './work-needs.js';

/** So long an import of this node has the database to itself. */
const WAIT_FOR_IMPORT_MS = 60_000;

/**
 * Brings the search index up to date with the leads, once each `everyMs`: half of the time at most, so that after a large import
 * other work goes on beside it.
 */
export function fillSearchBesideImports(
  { stores: { database }, state, log }: Pick<WorkNeeds, 'stores' | 'state' | 'log'>,
  imports: Pick<Imports, 'isRunning'>,
  everyMs: number,
): () => Promise<void> {
  let waitedMs = 0;
  return async () => {
    // It takes as long as the import itself; searches look at what is not filled in meanwhile.
    if (imports.isRunning() && waitedMs < WAIT_FOR_IMPORT_MS) {
      waitedMs += everyMs;
      return;
    }
    waitedMs = 0;
    const filled = await fillSearchIndex(database.db, {
      signal: state.stopSignal,
      forMs: everyMs / 2,
    });
    if (filled.leads > 1_000) log.info(filled, 'search index filled');
  };
}
