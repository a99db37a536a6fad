import { receiveProviderEvent } from '@outdial/core';
import { readValidPrincipals } from '@outdial/postgres';
import type { FastifyPluginAsync } from 'fastify';
import { whoChanged } from '../access/still-good.js';
import { createRequestLimiter } from '../cluster/request-limiter.js';
import type { HttpPorts } from '../features/http-ports.js';
import { createHttp } from '../http/create-http.js';
import { createHandshakeLimiter, createRequestLimiters } from '../http/request-limiters.js';
import type { ReceiveEvent } from '../jobs/event-intake.js';
import { limitHandshakes } from '../live/limit-handshakes.js';
import { createPresence, type Presence } from '../live/presence.js';
import { createReaders } from '../live/readers.js';
import { withMethods } from '../platform/decorate.js';
import { carrierWebhooks } from '../webhooks/carrier-webhooks.js';
import { type RefusedWebhooks, watchRefusedWebhooks } from '../webhooks/refused-webhooks.js';
import { type EdgeNeeds, edgePorts } from './edge-ports.js';
import { openStage } from './stage.js';

export type OpenedEdge = Awaited<ReturnType<typeof openEdge>>;

const WEBHOOK_GUESSES_PER_MINUTE = 30;

/** What people and providers talk to: HTTP, webhooks, live events. It does not listen before the program runs. */
export function openEdge(needs: EdgeNeeds) {
  const { config, log, stores, telemetry, security, dialer } = needs;
  const serves = config.role !== 'worker';
  return openStage(async (onClose) => {
    const receive = receiverOf(needs);
    const refusedWebhooks = watchRefusedWebhooks({ ...security, timers: stores.timers, log });
    onClose(() => refusedWebhooks.close());
    const ports = edgePorts(needs);
    const webhooks = serves ? await webhookPlugins(needs, receive, refusedWebhooks) : [];
    const http = await openHttp(needs, ports, webhooks);
    onClose(() => http.close());
    const readers = serves ? await openReaders(needs, ports, http.server, onClose) : null;
    telemetry.metrics.follow({
      jobs: () => dialer.jobs.counts(),
      connections: () => stores.database.connections(),
      readers: () => readers?.count() ?? 0,
    });
    return { http, receive };
  });
}

/** A node that works decides events as they arrive; the others store them. */
function receiverOf({ config, dialer: { dialer } }: EdgeNeeds): ReceiveEvent {
  const works = config.role !== 'api';
  const receiving = works
    ? dialer
    : { ...dialer, store: withMethods(dialer.store, { changeOnArrival: async () => 'not_now' }) };
  return (event) => receiveProviderEvent(receiving, event);
}

async function webhookPlugins(
  { dialer: { connections }, stores: { node, secrets } }: EdgeNeeds,
  receive: ReceiveEvent,
  refusedWebhooks: RefusedWebhooks,
): Promise<readonly FastifyPluginAsync[]> {
  const plugin = carrierWebhooks({
    segment: secrets.keys.webhookSegment,
    webhookOf: (connectionId) => connections.get(connectionId)?.carrier?.webhook ?? null,
    receive: (connectionId, event) => receive({ provider: connectionId, ...event }),
    refused: (because, request) => refusedWebhooks.refused(because, request.ip),
    guesses: await createRequestLimiter(node.shared, {
      name: 'webhook-guesses',
      perMinute: WEBHOOK_GUESSES_PER_MINUTE,
    }),
  });
  return [plugin];
}

async function openHttp(
  { config, log, webRoot, version, stores, telemetry: { metrics, tracing } }: EdgeNeeds,
  ports: HttpPorts,
  plugins: readonly FastifyPluginAsync[],
) {
  return createHttp(ports, {
    log,
    webRoot,
    version,
    publicUrl: config.http.publicUrl,
    trustProxy: config.http.trustProxy,
    operationsOnly: config.role === 'worker',
    corsOrigins: config.http.corsOrigins,
    limiters: await createRequestLimiters(stores.node.shared, config.http),
    served: (route, method, status, seconds) =>
      metrics.requestServed(route, method, status, seconds),
    watch: (app) => tracing.requests(app),
    plugins,
  });
}

async function openReaders(
  needs: EdgeNeeds,
  ports: HttpPorts,
  server: Parameters<typeof createReaders>[0],
  onClose: (close: () => unknown) => void,
) {
  const { config, log, security, stores } = needs;
  const presence = openPresence(needs);
  onClose(() => presence.close());
  const readers = createReaders(server, {
    events: security.events,
    webSocketsOnly: stores.node.shared !== null,
    log,
    publicUrl: config.http.publicUrl,
    corsOrigins: config.http.corsOrigins,
    refuseHandshake: limitHandshakes({
      limiter: await createHandshakeLimiter(stores.node.shared, config.http),
      trustProxy: config.http.trustProxy,
      log,
    }),
    presence,
    access: ports.access,
    whoChanged: (principals) =>
      whoChanged(
        { read: (asked) => readValidPrincipals(stores.database.db, asked, stores.clock.now()) },
        principals,
      ),
  });
  // Readers first: the HTTP server would wait for them. Then their screens are written as gone.
  onClose(() => readers.close());
  return readers;
}

/** What waits for a screen of its agent continues when one comes. */
function openPresence({ stores: opened, security, dialer, log }: EdgeNeeds): Presence {
  const { stores, clock, timers, ids } = opened;
  const wakeSessionOf = async (agentId: string): Promise<void> => {
    const session = await stores.dialer.findOpenSession(agentId);
    if (session?.status === 'RUNNING') dialer.jobs.wake({ job: 'advance-session', id: session.id });
  };
  return createPresence({
    screens: dialer.screens,
    store: stores.presence,
    announcements: security.live,
    arrived: (agentId) => {
      wakeSessionOf(agentId).catch((error: unknown) => {
        log.warn({ err: error }, 'the session of an agent who came could not be woken');
      });
    },
    nodeId: ids.next(),
    clock,
    timers,
    log,
  });
}
