import { createImportStepper } from '@outdial/postgres';
import { createImports, READING } from '../features/imports/imports.js';
import { ROWS_A_STEP } from '../features/imports/process-import.js';
import { createReadingThreads } from '../features/imports/reading-threads.js';
import { createTurns } from '../features/imports/reading-turns.js';
import type { WorkNeeds } from './work-needs.js';

/** Reading files, one at a time on this node, and making leads of them beside the calls. It stops with the server. */
export function createImportWork(
  { state, stores: opened, security, dialer: { jobs, dialing } }: WorkNeeds,
  queueFilled: (queueId: string) => void,
) {
  const { database, stores, hashes, secrets, settings, clock, ids } = opened;
  const reader = createReadingThreads();
  const reading = createTurns(READING);
  const imports = createImports({
    imports: stores.imports,
    queues: stores.queues,
    reader,
    reading,
    hashKey: secrets.keys.lookup,
    applyStep: createImportStepper(database.db, hashes),
    queueFilled,
    defaultCountry: async () => (await settings.current()).settings.imports.default_country,
    allowedCountries: async () => (await settings.current()).settings.imports.allowed_countries,
    jobs,
    announcements: security.live,
    clock,
    ids,
    yieldToEventLoop: dialing.pause,
    rowsAStep: () => ROWS_A_STEP[database.kind][dialing.isDialing() ? 'beside' : 'alone'],
  });
  state.stopSignal.addEventListener('abort', () => imports.close());
  return { reader, reading, imports };
}
