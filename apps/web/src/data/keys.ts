/**
 * The names under which server data lies in the query cache. They stand in one place because the live bridge updates
 * what the features read. A shorter key covers all longer ones that start with it.
 */
export const keys = {
  dialer: ['dialer'] as const,
  dispositions: ['dispositions'] as const,
  agents: ['agents'] as const,
  campaign: (agentId: string) => ['campaign', agentId] as const,
  openSessions: ['sessions', 'open'] as const,

  leads: ['leads'] as const,
  leadList: (query: object) => ['leads', 'list', query] as const,
  leadOptions: ['leads', 'options'] as const,
  lead: (id: string) => ['leads', 'one', id] as const,
  leadActivities: (id: string) => ['leads', 'one', id, 'crm-activities'] as const,
  leadQueueItems: (id: string) => ['leads', 'one', id, 'queue-items'] as const,

  queues: ['queues'] as const,
  queue: (id: string) => ['queues', 'one', id] as const,
  queueItems: ['queue-items'] as const,
  queueItemList: (query: object) => ['queue-items', query] as const,

  imports: ['imports'] as const,
  importList: ['imports', 'list'] as const,
  import: (id: string) => ['imports', 'one', id] as const,

  history: ['history'] as const,
  historyList: (query: object) => ['history', 'list', query] as const,
  call: (id: string) => ['calls', id] as const,

  stats: ['stats'] as const,
  statsOf: (query: object) => ['stats', 'of', query] as const,
  reports: (query: object) => ['stats', 'reports', query] as const,

  signIns: ['sign-ins'] as const,
  users: ['users'] as const,
  userList: (query: object) => ['users', 'list', query] as const,
  apiKeys: ['api-keys'] as const,
  audit: ['audit'] as const,
  auditList: (query: object) => ['audit', 'list', query] as const,
  connections: ['connections'] as const,
  connection: (id: string) => ['connections', id] as const,
  integrations: ['integrations'] as const,
  queueAccess: (id: string) => ['queue-access', id] as const,

  config: ['config'] as const,
  suppressions: ['suppressions'] as const,
  suppressionList: (query: object) => ['suppressions', query] as const,
  providerEvents: (query: object) => ['provider-events', query] as const,
  crmContents: ['crm'] as const,
  crmContacts: (query: object) => ['crm', 'contacts', query] as const,
  crmActivities: ['crm', 'activities'] as const,
  crmFaults: ['crm', 'faults'] as const,
};
