import { operations } from '@outdial/protocol';
import { apiKeyHandlers } from '../features/accounts/api-key-routes.js';
import { authHandlers } from '../features/accounts/auth-routes.js';
import { userHandlers } from '../features/accounts/user-routes.js';
import { agentHandlers } from '../features/agents/routes.js';
import { auditHandlers } from '../features/audit/routes.js';
import { callHandlers } from '../features/calls/routes.js';
import { connectionHandlers } from '../features/connections/routes.js';
import { crmHandlers } from '../features/crm/routes.js';
import { dialerHandlers } from '../features/dialer/routes.js';
import { dispositionHandlers } from '../features/dispositions/routes.js';
import { healthHandlers } from '../features/health/routes.js';
import { historyHandlers } from '../features/history/routes.js';
import type { HttpPorts } from '../features/http-ports.js';
import { importHandlers } from '../features/imports/routes.js';
import { leadHandlers } from '../features/leads/routes.js';
import { peopleHandlers } from '../features/privacy/routes.js';
import { providerEventHandlers } from '../features/provider-events/routes.js';
import { queueItemHandlers } from '../features/queues/item-routes.js';
import { queueHandlers } from '../features/queues/routes.js';
import { configHandlers } from '../features/settings/routes.js';
import { statsHandlers } from '../features/statistics/routes.js';
import { suppressionHandlers } from '../features/suppressions/routes.js';
import type { App } from '../platform/app.js';
import { serveOperations } from './serve-operations.js';

/** Serves every operation. A feature is added here. */
export function registerRoutes(app: App, ports: HttpPorts): void {
  serveOperations(app, [
    ...authHandlers(ports),
    ...userHandlers(ports),
    ...apiKeyHandlers(ports),
    ...leadHandlers(ports, operations.leads),
    ...leadHandlers(ports, operations.contacts),
    ...importHandlers(ports),
    ...queueHandlers(ports),
    ...queueItemHandlers(ports),
    ...dialerHandlers(ports),
    ...callHandlers(ports),
    ...dispositionHandlers(ports),
    ...historyHandlers(ports),
    ...statsHandlers(ports),
    ...agentHandlers(ports),
    ...suppressionHandlers(ports),
    ...crmHandlers(ports),
    ...configHandlers(ports),
    ...connectionHandlers(ports),
    ...peopleHandlers(ports),
    ...providerEventHandlers(ports),
    ...auditHandlers(ports),
    ...healthHandlers(ports),
  ]);
}
