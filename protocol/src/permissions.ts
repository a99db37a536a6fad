import { z } from 'zod';

/** Every permission. `own` covers what belongs to the caller's agent, `any` covers all agents. Operations name the permission they need. */
export const PERMISSIONS = {
  'dialer.own': 'Run an own session, and say whether one is there',
  'dialer.any': 'See, start, pause and stop the sessions of all agents, and act for any agent',
  'calls.own': 'See own calls, and say how they went',
  'calls.any': 'See the calls of all agents, and export them',
  'leads.read': 'See the leads of the queues that one may work',
  'leads.edit': 'Change the leads that one may see',
  'leads.any': 'See all leads',
  'leads.manage': 'Add, import, enrich and delete leads',
  'queues.read': 'See the queues that one may work',
  'queues.manage': 'See and change all queues, and what is in them',
  'stats.own': 'See own figures',
  'stats.any': 'See the statistics of all agents',
  'agents.read': 'See who takes calls',
  'agents.manage': 'Change who takes calls, and their campaigns',
  'dispositions.manage': 'Change what agents may say of a call',
  'suppressions.read': 'See the numbers that are never dialed',
  'suppressions.add': 'Add numbers that are never dialed',
  'suppressions.manage': 'Let such numbers be dialed again',
  'crm.read': 'See what the CRM holds and what has failed to reach it',
  'crm.manage': 'Send calls to the CRM again, and set the faults of a CRM for tests',
  'config.read': 'See the settings',
  'config.manage': 'Change the settings',
  'connections.manage': 'Connect phone systems, and set their credentials',
  'users.manage': 'Add, change and disable users',
  'api_keys.manage': 'Make and revoke API keys',
  'audit.read': 'Search the audit log',
  'people.manage': 'Export and erase all that is known of a person',
  'operations.manage': 'See and replay what providers sent',
  'metrics.read': 'Read the metrics',
} as const;

export type Permission = keyof typeof PERMISSIONS;
export const Permission = z
  .enum(Object.keys(PERMISSIONS) as [Permission, ...Permission[]])
  .meta({ id: 'Permission' });

export const Role = z.enum(['agent', 'supervisor', 'admin']).meta({ id: 'Role' });
export type Role = z.infer<typeof Role>;

const AGENT: readonly Permission[] = [
  'dialer.own',
  'calls.own',
  'leads.read',
  'leads.edit',
  'queues.read',
  'stats.own',
  'suppressions.add',
  'config.read',
];

const SUPERVISOR: readonly Permission[] = [
  ...AGENT,
  'dialer.any',
  'calls.any',
  'leads.any',
  'leads.manage',
  'queues.manage',
  'stats.any',
  'agents.read',
  'agents.manage',
  'dispositions.manage',
  'suppressions.read',
  'suppressions.manage',
  'crm.read',
  'crm.manage',
];

/** The permissions of each role; no other place defines them. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  agent: AGENT,
  supervisor: SUPERVISOR,
  admin: Object.keys(PERMISSIONS) as Permission[],
};
