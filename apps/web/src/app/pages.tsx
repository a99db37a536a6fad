import { operations, type Permission } from '@outdial/protocol';
import {
  IconAddressBook,
  IconChartBar,
  IconFileImport,
  IconHistory,
  IconKey,
  IconListDetails,
  IconPhone,
  IconSettings,
  IconShieldCheck,
  IconUserCog,
  IconUsers,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { DialerPage } from '../features/dialer/pages/dialer-page.js';
import { HistoryPage } from '../features/history/pages/history-page.js';
import { ImportPage } from '../features/import/pages/import-page.js';
import { LeadsPage } from '../features/leads/pages/leads-page.js';
import { QueuePage } from '../features/queues/pages/queue-page.js';
import { QueuesPage } from '../features/queues/pages/queues-page.js';
import { SettingsPage } from '../features/settings/pages/settings-page.js';
import { TeamPage } from '../features/team/pages/team-page.js';
import { lazyPage } from './lazy-page.js';

export interface PageEntry {
  /** Below the frame, without the first slash, as the router reads it. */
  readonly path: string;
  readonly title: string;
  /** One of these opens it; null: everyone who is signed in. */
  readonly oneOf: readonly Permission[] | null;
  readonly Page: ComponentType;
  /** Fetches the page before it is asked for; only of a page in a file of its own. */
  readonly preload?: () => Promise<void>;
  /** Its entry in the navigation; without one it is reached from another page. */
  readonly navigation?: {
    readonly group: 'work' | 'administration';
    readonly icon: typeof IconPhone;
    /** Shown to users with one of these, where that is stricter than who may open it. */
    readonly oneOf?: readonly Permission[];
  };
}

/** Who may call an operation that a page cannot do without may open the page. */
const whoMay = ({ permission }: { permission: readonly Permission[] | 'public' | 'signed_in' }) =>
  typeof permission === 'string' ? null : permission;

/** Every page behind the sign-in: router, navigation and preloading come from this list, in this order. */
export const PAGES: readonly PageEntry[] = [
  {
    path: 'dialer',
    title: 'Dialer',
    oneOf: whoMay(operations.dialer.status),
    Page: DialerPage,
    navigation: { group: 'work', icon: IconPhone },
  },
  {
    path: 'leads',
    title: 'Leads',
    oneOf: whoMay(operations.leads.list),
    Page: LeadsPage,
    navigation: { group: 'work', icon: IconAddressBook },
  },
  {
    path: 'import',
    title: 'Import',
    oneOf: whoMay(operations.imports.start),
    Page: ImportPage,
    navigation: { group: 'work', icon: IconFileImport },
  },
  {
    path: 'import/:id',
    title: 'Import',
    oneOf: whoMay(operations.imports.get),
    Page: ImportPage,
  },
  {
    path: 'queues',
    title: 'Queues',
    oneOf: whoMay(operations.queues.list),
    Page: QueuesPage,
    navigation: { group: 'work', icon: IconListDetails },
  },
  { path: 'queues/:id', title: 'Queue', oneOf: whoMay(operations.queues.get), Page: QueuePage },
  {
    path: 'history',
    title: 'History',
    oneOf: whoMay(operations.history.list),
    Page: HistoryPage,
    navigation: { group: 'work', icon: IconHistory },
  },
  {
    path: 'statistics',
    title: 'Statistics',
    oneOf: whoMay(operations.stats.get),
    // The charts weigh as much as the rest of the app, and an agent on the phone needs none of these.
    ...lazyPage(() =>
      import('../features/statistics/pages/statistics-page.js').then((m) => m.StatisticsPage),
    ),
    navigation: { group: 'work', icon: IconChartBar },
  },
  {
    path: 'team',
    title: 'Team',
    oneOf: whoMay(operations.agents.list),
    Page: TeamPage,
    navigation: { group: 'work', icon: IconUsers },
  },
  {
    path: 'settings',
    title: 'Settings',
    oneOf: null,
    Page: SettingsPage,
    navigation: {
      group: 'work',
      icon: IconSettings,
      oneOf: operations.config.get.permission,
    },
  },
  { path: 'settings/:tab', title: 'Settings', oneOf: null, Page: SettingsPage },
  {
    path: 'users',
    title: 'Users',
    oneOf: whoMay(operations.users.list),
    ...lazyPage(() => import('../features/users/pages/users-page.js').then((m) => m.UsersPage)),
    navigation: { group: 'administration', icon: IconUserCog },
  },
  {
    path: 'api-keys',
    title: 'API keys',
    oneOf: whoMay(operations.apiKeys.list),
    ...lazyPage(() =>
      import('../features/api-keys/pages/api-keys-page.js').then((m) => m.ApiKeysPage),
    ),
    navigation: { group: 'administration', icon: IconKey },
  },
  {
    path: 'audit',
    title: 'Audit',
    oneOf: whoMay(operations.audit.list),
    ...lazyPage(() => import('../features/audit/pages/audit-page.js').then((m) => m.AuditPage)),
    navigation: { group: 'administration', icon: IconShieldCheck },
  },
  {
    path: 'profile',
    title: 'Profile',
    oneOf: null,
    ...lazyPage(() =>
      import('../features/profile/pages/profile-page.js').then((m) => m.ProfilePage),
    ),
  },
];

/** Fetches what is not there yet, one after the other; for when the browser has nothing else to do. */
export async function preloadPages(): Promise<void> {
  for (const { preload } of PAGES) await preload?.();
}
