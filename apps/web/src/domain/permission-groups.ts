import { PERMISSIONS, type Permission } from '@outdial/protocol';

/** How the first word of a permission reads as a heading. */
const HEADINGS: Record<string, string> = {
  dialer: 'Dialer',
  calls: 'Calls',
  leads: 'Leads',
  queues: 'Queues',
  stats: 'Statistics',
  agents: 'Agents',
  suppressions: 'Numbers that are never dialed',
  crm: 'CRM',
  config: 'Settings',
  credentials: 'Settings',
  users: 'Administration',
  api_keys: 'Administration',
  audit: 'Administration',
  people: 'Administration',
  operations: 'Operation',
  metrics: 'Operation',
};

export interface PermissionGroup {
  readonly heading: string;
  readonly permissions: readonly Permission[];
}

/** What a permission is of no use without: a program takes no calls, so that nothing is its own. */
export const GOES_WITH: Partial<Record<Permission, readonly Permission[]>> = {
  'leads.any': ['leads.read'],
  'leads.edit': ['leads.read', 'leads.any'],
  'queues.manage': ['queues.read'],
};

/** All that a program may have, by what it is about, in the order of the protocol; a new one has its group without a word here. */
export const PERMISSION_GROUPS: readonly PermissionGroup[] = (() => {
  const groups = new Map<string, Permission[]>();
  for (const permission of Object.keys(PERMISSIONS) as Permission[]) {
    if (permission.endsWith('.own')) continue;
    const [subject = ''] = permission.split('.');
    const heading = HEADINGS[subject] ?? subject.charAt(0).toUpperCase() + subject.slice(1);
    groups.set(heading, [...(groups.get(heading) ?? []), permission]);
  }
  return [...groups].map(([heading, permissions]) => ({ heading, permissions }));
})();
