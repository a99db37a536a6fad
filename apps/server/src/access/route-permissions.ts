import type { LiveEventName, Permission } from '@outdial/protocol';

/**
 * public     nobody needs to be known
 * signed_in  any person who signed in, for what is about themselves; no API key
 * otherwise  whoever has one of these permissions. Where they are `….own` and `….any`, the route itself holds the answer to
 *            what belongs to the agent (`heldTo`).
 */
export type Needs = 'public' | 'signed_in' | readonly [Permission, ...Permission[]];

/** Which permission each route needs. A route that is not here is refused, and a test fails. */
export const ROUTE_PERMISSIONS: Readonly<Record<string, Needs>> = {
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  // For the machine itself too, without a key: see `authorize`.
  'GET /metrics': ['metrics.read'],
  'GET /api/openapi.json': 'public',
  'GET /api/docs/errors.md': 'public',
  // Held to the token in the body.
  'POST /webhooks/aircall': 'public',
  'POST /webhooks/aircall/:segment': 'public',

  'POST /api/auth/login': 'public',
  'POST /api/auth/refresh': 'public',
  'POST /api/auth/logout': 'public',
  'POST /api/auth/logout-everywhere': 'signed_in',
  'GET /api/auth/me': 'signed_in',
  'PATCH /api/auth/me': 'signed_in',
  'POST /api/auth/password': 'signed_in',
  'GET /api/auth/sign-ins': 'signed_in',
  'DELETE /api/auth/sign-ins/:id': 'signed_in',
  'POST /api/auth/second-factor': 'signed_in',
  'POST /api/auth/second-factor/confirm': 'signed_in',
  'POST /api/auth/second-factor/end': 'signed_in',
  'POST /api/auth/recovery-codes': 'signed_in',

  'GET /api/users': ['users.manage'],
  'POST /api/users': ['users.manage'],
  'GET /api/users/:id': ['users.manage'],
  'PATCH /api/users/:id': ['users.manage'],
  'POST /api/users/:id/password': ['users.manage'],
  'POST /api/users/:id/sign-out': ['users.manage'],
  'DELETE /api/users/:id/second-factor': ['users.manage'],
  'GET /api/api-keys': ['api_keys.manage'],
  'POST /api/api-keys': ['api_keys.manage'],
  'DELETE /api/api-keys/:id': ['api_keys.manage'],
  'GET /api/audit': ['audit.read'],
  'GET /api/audit/verify': ['audit.read'],
  'GET /api/credentials': ['credentials.manage'],
  'PUT /api/credentials/:name': ['credentials.manage'],
  'DELETE /api/credentials/:name': ['credentials.manage'],
  'POST /api/people/export': ['people.manage'],
  'POST /api/people/erase': ['people.manage'],

  ...leadsUnder('/api/leads'),
  ...leadsUnder('/api/contacts'),

  'GET /api/queues': ['queues.read'],
  'POST /api/queues': ['queues.manage'],
  'GET /api/queues/:id': ['queues.read'],
  'PATCH /api/queues/:id': ['queues.manage'],
  'DELETE /api/queues/:id': ['queues.manage'],
  'GET /api/queues/:id/agents': ['queues.manage'],
  'PUT /api/queues/:id/agents': ['queues.manage'],
  'GET /api/queue': ['queues.read'],
  'POST /api/queue': ['queues.manage'],
  'PATCH /api/queue/:id': ['queues.manage'],
  'DELETE /api/queue/:id': ['queues.manage'],

  'GET /api/dialer/status': ['dialer.own', 'dialer.any'],
  'POST /api/dialer/start': ['dialer.own', 'dialer.any'],
  'POST /api/dialer/pause': ['dialer.own', 'dialer.any'],
  'POST /api/dialer/resume': ['dialer.own', 'dialer.any'],
  'POST /api/dialer/stop': ['dialer.own', 'dialer.any'],
  'GET /api/dialer/sessions': ['dialer.own', 'dialer.any'],
  'POST /api/dialer/sessions': ['dialer.any'],
  'GET /api/dialer/sessions/:id': ['dialer.own', 'dialer.any'],
  'POST /api/dialer/sessions/:id/pause': ['dialer.own', 'dialer.any'],
  'POST /api/dialer/sessions/:id/resume': ['dialer.own', 'dialer.any'],
  'POST /api/dialer/sessions/:id/stop': ['dialer.own', 'dialer.any'],

  'GET /api/calls/:id': ['calls.own', 'calls.any'],
  'POST /api/calls/:id/disposition': ['calls.own', 'calls.any'],
  'POST /api/calls/:id/hangup': ['calls.own', 'calls.any'],
  'POST /api/calls/:id/crm-sync': ['crm.manage'],
  'GET /api/dispositions': ['calls.own', 'calls.any'],
  'GET /api/history': ['calls.own', 'calls.any'],
  'GET /api/history/:id': ['calls.own', 'calls.any'],
  'GET /api/history/export.csv': ['calls.any'],
  'GET /api/stats': ['stats.own', 'stats.any'],
  'GET /api/reports': ['stats.any'],

  'GET /api/agents': ['agents.read'],
  'POST /api/agents': ['agents.manage'],
  'PUT /api/agents/me/status': ['dialer.own', 'dialer.any'],
  'GET /api/agents/:id': ['agents.read'],
  'PATCH /api/agents/:id': ['agents.manage'],
  'GET /api/agents/:id/campaign': ['agents.read'],
  'POST /api/agents/:id/campaign': ['agents.manage'],
  'DELETE /api/agents/:id/campaign': ['agents.manage'],

  'GET /api/suppressions': ['suppressions.read'],
  'POST /api/suppressions': ['suppressions.add'],
  'DELETE /api/suppressions/:phone_number': ['suppressions.manage'],

  'POST /api/crm/sync': ['crm.manage'],
  'GET /api/mock-crm/contacts': ['crm.read'],
  'GET /api/mock-crm/activities': ['crm.read'],
  'GET /api/mock-crm/faults': ['crm.read'],
  'PUT /api/mock-crm/faults': ['crm.manage'],

  'GET /api/config': ['config.read'],
  'PUT /api/config': ['config.manage'],
  'GET /api/provider-events': ['operations.manage'],
  'POST /api/provider-events/replay': ['operations.manage'],
  'POST /api/provider-events/:id/replay': ['operations.manage'],
};

function leadsUnder(path: string): Record<string, Needs> {
  return {
    [`GET ${path}`]: ['leads.read'],
    [`POST ${path}`]: ['leads.manage'],
    [`GET ${path}/filters/options`]: ['leads.read'],
    [`GET ${path}/:id`]: ['leads.read'],
    [`PATCH ${path}/:id`]: ['leads.edit'],
    [`DELETE ${path}/:id`]: ['leads.manage'],
    [`POST ${path}/:id/enrich`]: ['leads.manage'],
    [`GET ${path}/:id/crm-activities`]: ['leads.read'],
    [`GET ${path}/imports`]: ['leads.manage'],
    [`POST ${path}/import`]: ['leads.manage'],
    [`POST ${path}/import/preview`]: ['leads.manage'],
    [`GET ${path}/imports/:id`]: ['leads.manage'],
  };
}

/**
 * Who gets a live event beside whoever it belongs to. `own`: the agent of the session or call, the agent themselves, the agents
 * who may work the queue.
 */
export const LIVE_PERMISSIONS: Readonly<
  Record<LiveEventName, { readonly any: Permission; readonly own: Permission | null }>
> = {
  'session.updated': { any: 'dialer.any', own: 'dialer.own' },
  'call.updated': { any: 'calls.any', own: 'calls.own' },
  'agent.updated': { any: 'agents.read', own: 'dialer.own' },
  'queue.updated': { any: 'queues.manage', own: 'queues.read' },
  'import.progress': { any: 'leads.manage', own: null },
  'security.alert': { any: 'audit.read', own: null },
};
