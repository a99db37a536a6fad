import { agents } from './agents.js';
import { apiKeys } from './api-keys.js';
import { audit } from './audit.js';
import { auth } from './auth.js';
import { calls } from './calls.js';
import { config } from './config.js';
import { connections } from './connections.js';
import { crm } from './crm.js';
import { dialer, sessions } from './dialer.js';
import { dispositions } from './dispositions.js';
import { history } from './history.js';
import { imports } from './imports.js';
import { contacts, leads } from './leads.js';
import { people } from './people.js';
import { providerEvents } from './provider-events.js';
import { queueItems } from './queue-items.js';
import { queues } from './queues.js';
import { server } from './server.js';
import { stats } from './stats.js';
import { suppressions } from './suppressions.js';
import { users } from './users.js';

/** Every operation of the API, by resource. Add a new resource here. */
export const operations = {
  auth,
  users,
  apiKeys,
  audit,
  connections,
  people,
  leads,
  contacts,
  imports,
  queues,
  queueItems,
  suppressions,
  dialer,
  sessions,
  calls,
  dispositions,
  history,
  stats,
  agents,
  config,
  crm,
  providerEvents,
  server,
};
