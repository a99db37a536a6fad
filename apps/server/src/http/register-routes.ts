import type { HttpPorts } from './http-ports.js';
import type { App } from './operation.js';
import { agentRoutes } from './routes/agents.js';
import { apiKeyRoutes } from './routes/api-keys.js';
import { auditRoutes } from './routes/audit.js';
import { authRoutes } from './routes/auth.js';
import { callRoutes } from './routes/calls.js';
import { configRoutes } from './routes/config.js';
import { credentialRoutes } from './routes/credentials.js';
import { crmRoutes } from './routes/crm.js';
import { dialerRoutes } from './routes/dialer.js';
import { historyRoutes } from './routes/history.js';
import { importRoutes } from './routes/imports.js';
import { leadRoutes } from './routes/leads.js';
import { operationRoutes } from './routes/operations.js';
import { peopleRoutes } from './routes/people.js';
import { providerEventRoutes } from './routes/provider-events.js';
import { queueItemRoutes } from './routes/queue-items.js';
import { queueRoutes } from './routes/queues.js';
import { statsRoutes } from './routes/stats.js';
import { suppressionRoutes } from './routes/suppressions.js';
import { userRoutes } from './routes/users.js';

export function registerRoutes(app: App, ports: HttpPorts): void {
  authRoutes(app, ports);
  userRoutes(app, ports);
  apiKeyRoutes(app, ports);
  for (const word of ['lead', 'contact'] as const) {
    leadRoutes(app, ports, word);
    importRoutes(app, ports, word);
  }
  queueRoutes(app, ports);
  queueItemRoutes(app, ports);
  dialerRoutes(app, ports);
  callRoutes(app, ports);
  historyRoutes(app, ports);
  statsRoutes(app, ports);
  agentRoutes(app, ports);
  suppressionRoutes(app, ports);
  crmRoutes(app, ports);
  configRoutes(app, ports);
  credentialRoutes(app, ports);
  peopleRoutes(app, ports);
  providerEventRoutes(app, ports);
  auditRoutes(app, ports);
  operationRoutes(app, ports);
}
