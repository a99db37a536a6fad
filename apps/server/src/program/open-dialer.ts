import {
  begunCalls,
  createEventSerializer,
  currentOffsets,
  type DialerPorts,
  rememberedOffsets,
  unseenCalls,
} from '@outdial/core';
import { loadPrefixZones } from '@outdial/phone-zones';
import type { Logger } from 'pino';
import { openJobs } from '../cluster/open-jobs.js';
import type { Config } from '../config/read-config.js';
import { createDialingWatch } from '../features/imports/dialing-watch.js';
import { settingsInForce } from '../features/settings/settings-in-force.js';
import { CRM } from '../integrations/find-integration.js';
import { createEventIntake } from '../jobs/event-intake.js';
import type { ScreensHere } from '../live/presence.js';
import { zoneDataOf } from '../platform/zone-data.js';
import { openConnections } from './open-connections.js';
import type { OpenedSecurity } from './open-security.js';
import type { OpenedStores } from './open-stores.js';
import type { OpenedTelemetry } from './open-telemetry.js';
import type { ServerOptions } from './server-options.js';
import { openStage } from './stage.js';

export type OpenedDialer = Awaited<ReturnType<typeof openDialer>>;

/** The dialer with everything that it asks: jobs and events, which wait for the start, the provider, the CRM, the zones of numbers. */
export function openDialer(
  config: Config,
  options: ServerOptions,
  stores: OpenedStores,
  telemetry: OpenedTelemetry,
  security: OpenedSecurity,
) {
  const { log } = options;
  const { node, timers, clock } = stores;
  return openStage(async (onClose) => {
    const begun = begunCalls();
    const jobs = openJobs({
      works: config.role !== 'api',
      shared: node.shared,
      timers,
      // Its row is DIALING already, so no other node would place it.
      onlyHere: ({ job, id }) => job === 'place-call' && begun.has(id),
      onError: (error, hint) => log.error({ job: hint.job, id: hint.id, err: error }, 'job failed'),
      onRedisError: (error) => log.warn({ err: error }, 'shared jobs: Redis did not do its part'),
    });
    onClose(() => jobs.close());
    const intake = createEventIntake();
    const { connections, checks } = await openConnections(
      { config, log, stores, telemetry, security, receive: intake.receive },
      onClose,
    );
    onClose(() => intake.close());
    const crm = CRM.open({ db: stores.database.db, clock });
    const dialing = createDialingWatch();
    const screens: ScreensHere = new Map();
    const rules = await openRules(stores, log);
    const dialer = decorate(options, telemetry, {
      ...storesOfDialer(stores, dialing, screens),
      ...rules,
      crm: crm.crm,
      carriers: connections,
      jobs,
      announcements: security.live,
      journal: telemetry.journal,
      clock,
      ids: stores.ids,
      eventSerializer: createEventSerializer(),
      begunCalls: begun,
      stopwatchMs: stores.stopwatchMs,
      unseenCalls: unseenCalls(stores.stopwatchMs),
    });
    return { jobs, intake, connections, checks, crm, dialing, screens, rules, dialer };
  });
}

/** What is decided by settings and by published data: which numbers may be called, and what time it is where they ring. */
async function openRules({ settings, stopwatchMs }: OpenedStores, log: Logger) {
  const zoneData = zoneDataOf(process.versions.tz);
  if (zoneData.isOld) log.warn(zoneData.fields, 'time zone data are old');
  const inForce = settingsInForce(settings, stopwatchMs);
  return {
    prefixZones: await loadPrefixZones(),
    offsets: rememberedOffsets(currentOffsets(process.versions.tz)),
    allowedCountries: async () => (await inForce()).imports.allowed_countries,
    crmRecords: async () => (await inForce()).crm.records,
  };
}

function storesOfDialer(
  { stores }: OpenedStores,
  dialing: ReturnType<typeof createDialingWatch>,
  screens: ScreensHere,
): Pick<DialerPorts, 'store' | 'inbox' | 'reconciliation' | 'presence' | 'crmSync'> {
  return {
    store: dialing.around(stores.dialer),
    inbox: stores.inbox,
    reconciliation: stores.reconciliation,
    presence: {
      ...stores.presence,
      // The screens at this node need no look into the database; those of other nodes are there.
      lastLive: async (agentId, now) =>
        screens.has(agentId) ? now : stores.presence.lastLive(agentId, now),
    },
    crmSync: stores.crmSync,
  };
}

/** What a test puts around the ports is innermost, so that traces and metrics see what it does. */
function decorate(
  { around = (ports) => ports }: ServerOptions,
  { metrics, tracing }: OpenedTelemetry,
  ports: DialerPorts,
): DialerPorts {
  return tracing.around(metrics.around(around(ports)));
}
