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

/** All permissions by what they are about, in the order of the protocol; a new one has its group without a word here. */
export const PERMISSION_GROUPS: readonly PermissionGroup[] = (() => {
  const groups = new Map<string, Permission[]>();
  for (const permission of Object.keys(PERMISSIONS) as Permission[]) {
    const [subject = ''] = permission.split('.');
    const heading = HEADINGS[subject] ?? subject.charAt(0).toUpperCase() + subject.slice(1);
    groups.set(heading, [...(groups.get(heading) ?? []), permission]);
  }
  return [...groups].map(([heading, permissions]) => ({ heading, permissions }));
})();
