import type { Config } from '../config/read-config.js';
import { createJournal } from '../telemetry/journal.js';
import { createMetrics } from '../telemetry/metrics/metrics.js';
import { openTracing } from '../telemetry/tracing/tracing.js';
import type { OpenedStores } from './open-stores.js';
import type { ServerOptions } from './server-options.js';
import { openStage } from './stage.js';

export type OpenedTelemetry = Awaited<ReturnType<typeof openTelemetry>>;

/** Metrics, traces and the journal of the dialer. */
export function openTelemetry(
  config: Config,
  { log, version }: ServerOptions,
  { database, clock, stores }: OpenedStores,
) {
  return openStage(async (onClose) => {
    const metrics = createMetrics({
      readDatabase: () => stores.inboxViews.gauges(clock.now()),
      log,
      node: {
        version,
        role: config.role,
        provider: config.telephony.connections.map(({ integration }) => integration).join(','),
        database: database.kind,
      },
    });
    const tracing = await openTracing(config.tracing, { clock, version, log });
    onClose(() => tracing.close());
    return { metrics, tracing, journal: createJournal(log, metrics) };
  });
}
