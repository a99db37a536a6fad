import type { Logger } from 'pino';
import { createRequestLimiter } from '../cluster/request-limiter.js';
import { createSharedMemory } from '../cluster/shared-memory.js';
import type { Config } from '../config/read-config.js';
import { createConnectionChecks } from '../connections/check-connections.js';
import { createConnections } from '../connections/connections.js';
import { CARRIERS, findCarrier } from '../integrations/find-integration.js';
import type { ReceiveEvent } from '../jobs/event-intake.js';
import { guardedFetch } from '../platform/guarded-fetch.js';
import { webhookPath, webhookUrl } from '../webhooks/carrier-webhooks.js';
import type { OpenedSecurity } from './open-security.js';
import type { OpenedStores } from './open-stores.js';
import type { OpenedTelemetry } from './open-telemetry.js';
import type { OnClose } from './stage.js';

/** The connected phone systems: those of the environment, and those that admins have added. */
export async function openConnections(
  needs: {
    readonly config: Config;
    readonly log: Logger;
    readonly stores: OpenedStores;
    readonly telemetry: OpenedTelemetry;
    readonly security: OpenedSecurity;
    readonly receive: ReceiveEvent;
  },
  onClose: OnClose,
) {
  const { config, log, stores, telemetry, security, receive } = needs;
  const { node, timers, clock, secrets } = stores;
  const store = stores.stores.connections;
  const { publicUrl } = config.http;
  const shared = node.shared === null ? null : createSharedMemory(node.shared, log);
  onClose(() => shared?.close());
  await store.ensure(
    config.telephony.connections.map(({ integration }) => ({
      id: integration,
      integration,
      label: findCarrier(integration)?.label ?? integration,
      practice: findCarrier(integration)?.isPractice === true,
    })),
    clock.now(),
  );
  const connections = createConnections({
    store,
    manifests: CARRIERS,
    credentials: security.credentials,
    environment: config.telephony.connections,
    practiceOnly: config.telephony.practiceOnly,
    clock,
    log,
    depsFor: (connectionId) => ({
      timers,
      log,
      watch: telemetry.metrics.provider,
      fetchTo: (urls) => guardedFetch(urls),
      sharedCount: async (perMinute) =>
        node.shared === null
          ? undefined
          : createRequestLimiter(node.shared, { name: connectionId, perMinute, divided: true }),
      shared,
      deliver: async (event) => {
        await receive({ provider: connectionId, ...event });
      },
      webhookUrl:
        publicUrl === null
          ? null
          : webhookUrl(publicUrl, connectionId, secrets.keys.webhookSegment),
      // Where releases before the secret segment registered it.
      formerWebhookUrls: publicUrl === null ? [] : [`${publicUrl}${webhookPath(connectionId)}`],
    }),
  });
  onClose(() => connections.close());
  await connections.follow();
  const checks = createConnectionChecks({ connections, store, clock, log });
  return { connections, checks };
}
