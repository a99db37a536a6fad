import {
  addUpAndVacuum,
  addUpCounts,
  countGrownTables,
  fillPersonHashes,
  vacuumEmbedded,
} from '@outdial/postgres';
import type { Imports } from '../features/imports/imports.js';
import { dailyWorks } from '../jobs/daily-works.js';
import { noteAuditHead } from '../jobs/note-audit-head.js';
import { createScheduledWork } from '../jobs/scheduled-work.js';
import type { Sweeping } from '../jobs/sweeping.js';
import { createTicker, type Ticker } from '../platform/ticker.js';
import { fillSearchBesideImports } from './fill-search.js';
import type { WorkNeeds } from './work-needs.js';

const FOLLOW_SETTINGS_EVERY_MS = 5_000;
const FOLLOW_KEYS_EVERY_MS = 5_000;
const FOLLOW_CONNECTIONS_EVERY_MS = 3_000;
const SCHEDULED_WORK_EVERY_MS = 60_000;
const ADD_UP_COUNTS_EVERY_MS = 5_000;
const COUNT_TABLES_EVERY_MS = 60_000;
const CHECK_CONNECTIONS_EVERY_MS = 5 * 60_000;
const CHECK_CAMPAIGNS_EVERY_MS = 30_000;
const FILL_HASHES_EVERY_MS = 60_000;
const FILL_SEARCH_EVERY_MS = 1_000;

/** What runs once a day, on one node. */
export function createScheduled({ stores: opened, security, log }: WorkNeeds) {
  const { database, stores, settings, clock } = opened;
  return createScheduledWork(
    [
      ...dailyWorks({
        reports: stores.reports,
        retention: stores.retention,
        accounts: security.accounts,
        settings,
        tidy: database.kind === 'embedded' ? () => vacuumEmbedded(database.db) : null,
      }),
      noteAuditHead(security.auditLog, log),
    ],
    { store: stores.scheduledWork, clock, log },
  );
}

/** What runs every few seconds or minutes, from the start of the tickers on. Nodes that only serve do what each node needs. */
export function createPeriodicWork(
  needs: WorkNeeds,
  work: {
    readonly sweeping: Sweeping;
    readonly scheduled: { runDue(): Promise<void> };
    readonly checkConnections: () => Promise<void>;
    readonly withdrawHeld: () => Promise<void>;
    readonly imports: Pick<Imports, 'isRunning'>;
  },
): readonly Ticker[] {
  const { config, log, stores, state, dialer } = needs;
  const { database, hashes, settings } = stores;
  const every = (ms: number, name: string, run: () => Promise<void>): Ticker =>
    createTicker(name, ms, run, log);
  const forThisNode = [
    every(FOLLOW_CONNECTIONS_EVERY_MS, 'connections', () => dialer.connections.follow()),
    every(CHECK_CONNECTIONS_EVERY_MS, 'connection check', work.checkConnections),
    every(FOLLOW_KEYS_EVERY_MS, 'key of access tokens', followTokenKey(needs)),
    ...(database.kind === 'embedded'
      ? [
          every(COUNT_TABLES_EVERY_MS, 'count of grown tables', async () => {
            await countGrownTables(database.db);
          }),
        ]
      : []),
  ];
  if (config.role === 'api') return forThisNode;

  /** What another node saved counts here too: such as hours that held leads. */
  const followSettings = async (): Promise<void> => void (await settings.current());
  const fillHashes = async (): Promise<void> => {
    const filled = await fillPersonHashes(database.db, hashes, { signal: state.stopSignal });
    if (filled > 0) log.info({ leads: filled }, 'leads are findable by their hashes now');
  };
  return [
    ...forThisNode,
    ...work.sweeping.tickers,
    every(FOLLOW_SETTINGS_EVERY_MS, 'settings', followSettings),
    every(SCHEDULED_WORK_EVERY_MS, 'scheduled work', () => work.scheduled.runDue()),
    every(FILL_HASHES_EVERY_MS, 'person hashes', fillHashes),
    every(ADD_UP_COUNTS_EVERY_MS, 'call counts', addUp(needs)),
    every(
      FILL_SEARCH_EVERY_MS,
      'search index',
      fillSearchBesideImports(needs, work.imports, FILL_SEARCH_EVERY_MS),
    ),
    every(CHECK_CAMPAIGNS_EVERY_MS, 'campaign check', work.withdrawHeld),
  ];
}

function followTokenKey({ security: { tokenKey, live }, log }: WorkNeeds): () => Promise<void> {
  return async () => {
    if (!(await tokenKey.follow())) return;
    log.warn({}, 'access tokens have a new key; older ones are refused');
    // Nodes that followed sooner could not read this one's events, nor it theirs.
    live.forget();
  };
}

function addUp({ stores: { database } }: WorkNeeds): () => Promise<void> {
  let addedUp = 0;
  return async () => {
    if (database.kind === 'embedded') addedUp = await addUpAndVacuum(database.db, addedUp);
    else await addUpCounts(database.db);
  };
}
