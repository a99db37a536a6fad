import type { Clock, Ids, Timers } from '@outdial/core';
import {
  createAgentStore,
  createCallViews,
  createCampaignStore,
  createConnectionStore,
  createCrmSyncStore,
  createDeferredItemStore,
  createDialerStore,
  createDispositionSetStore,
  createHistory,
  createImportStore,
  createInboxViews,
  createLeadStore,
  createNoteDraftStore,
  createPresenceStore,
  createProviderInbox,
  createQueueItemStore,
  createQueueStore,
  createReconciliationStore,
  createReportStore,
  createRetention,
  createScheduledWorkStore,
  createSessionViews,
  createSettingsStore,
  createSnapshot,
  createStatistics,
  createSuppressionStore,
  type OpenDatabase,
  type PersonHashes,
  serialize,
} from '@outdial/postgres';
import { appendOrRefuse, type TransactionAudit } from '../access/audit-trail.js';
import { createChanges } from '../audit/changes.js';
import { createAuditTrail } from '../audit/create-audit-trail.js';
import { type Config, isPracticeOnly } from '../config/read-config.js';
import { withoutPersonalData } from '../features/privacy/audited-people.js';
import { seedSampleData } from '../features/sample-data/seed.js';
import { createSystemSettings } from '../features/settings/system-settings.js';
import { orderedIds } from '../platform/ordered-ids.js';
import { openSecrets } from '../secrets/open-secrets.js';
import { personHashes } from '../secrets/person-hashes.js';
import { openMigratedDatabase } from './open-database.js';
import type { ServerOptions } from './server-options.js';
import { openStage } from './stage.js';

export type OpenedStores = Awaited<ReturnType<typeof openStores>>;

/** Everything that is kept in the database, the time that all nodes agree on, and the keys by which people are found. */
export function openStores(config: Config, options: Pick<ServerOptions, 'log' | 'onLost'>) {
  return openStage(async (onClose) => {
    const { database, node, close } = await openMigratedDatabase(config, options);
    onClose(close);
    const timers: Timers = node.timers;
    const clock: Clock = timers;
    const ids: Ids = orderedIds(clock);
    const secrets = await openSecrets(config, database.db, clock);
    const hashes = personHashes(secrets.keys.lookup);
    const audit = withoutPersonalData(
      createAuditTrail(database.db, { clock, key: secrets.keys.audit, log: options.log }),
      hashes,
    );
    const seeded = await seed(database.db, config, { clock, ids, hashes });
    if (seeded.agents > 0) options.log.info(seeded, 'sample data created');
    return {
      database,
      node,
      timers,
      clock,
      ids,
      stopwatchMs: () => performance.now(),
      secrets,
      hashes,
      audit,
      changes: createChanges(database.db, { audit, hashes, clock }),
      stores: storesOf(database, clock, hashes, audit),
      settings: createSystemSettings(createSettingsStore(database.db), clock),
    };
  });
}

function storesOf(
  { db, dialing }: OpenDatabase,
  clock: Clock,
  hashes: PersonHashes,
  audit: TransactionAudit,
) {
  return {
    agents: createAgentStore(db, clock),
    calls: createCallViews(db),
    campaigns: createCampaignStore(db),
    connections: createConnectionStore(db),
    crmSync: createCrmSyncStore(dialing),
    dialer: createDialerStore(dialing, {
      appendAudit: (tx, notes) => appendOrRefuse(audit, tx, notes),
    }),
    held: createDeferredItemStore(db),
    history: createHistory(db),
    imports: createImportStore(db),
    inbox: createProviderInbox(dialing),
    inboxViews: createInboxViews(db),
    leads: createLeadStore(db, hashes),
    noteDrafts: createNoteDraftStore(db),
    dispositions: createDispositionSetStore(db),
    presence: createPresenceStore(db),
    queueItems: createQueueItemStore(db),
    queues: createQueueStore(db),
    reconciliation: createReconciliationStore(dialing),
    reports: createReportStore(db),
    retention: createRetention(db),
    scheduledWork: createScheduledWorkStore(db),
    sessions: createSessionViews(db),
    snapshot: createSnapshot(db),
    statistics: createStatistics(db),
    suppressions: createSuppressionStore(db),
  };
}

/** All or nothing, so that a start that is cut short does not leave a new installation without leads. */
const seed = (
  db: OpenDatabase['db'],
  config: Config,
  { clock, ids, hashes }: { clock: Clock; ids: Ids; hashes: PersonHashes },
) =>
  serialize(db, (tx) =>
    seedSampleData(
      {
        agents: createAgentStore(tx),
        leads: createLeadStore(tx, hashes),
        queues: createQueueStore(tx),
      },
      { clock, ids, withLeads: isPracticeOnly(config) },
    ),
  );
