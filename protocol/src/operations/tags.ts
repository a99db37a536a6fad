/** The groups of the API document. */
export const TAGS = {
  leads: 'People to call.',
  contacts: 'Leads, under the name that CRMs use.',
  imports: 'Leads out of CSV files.',
  queues: 'Lists of leads to work through, and what is in them.',
  dialer: 'Sessions: agents working through queues.',
  calls: 'Single calls, live or over.',
  history: 'What was called.',
  statistics: 'Sums over calls.',
  agents: 'Who takes calls.',
  suppressions: 'Numbers that are never dialed.',
  connections: 'Connected phone systems, and what can be connected.',
  crm: 'Bringing calls into the CRM, and what it holds.',
  settings: 'The system settings.',
  webhooks: 'What providers send.',
  auth: 'Signing in and out, and what is about oneself.',
  users: 'Who may sign in, and programs with keys.',
  security: 'Personal data, and the audit log.',
  operations: 'Looking after the server.',
} as const;

export type Tag = keyof typeof TAGS;
