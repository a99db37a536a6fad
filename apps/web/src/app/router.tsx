import type { Permission } from '@outdial/protocol';
import { lazy, type ReactNode } from 'react';
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { DialerPage } from '../features/dialer/pages/dialer-page.js';
import { HistoryPage } from '../features/history/pages/history-page.js';
import { ImportPage } from '../features/import/pages/import-page.js';
import { LeadsPage } from '../features/leads/pages/leads-page.js';
import { QueuePage } from '../features/queues/pages/queue-page.js';
import { QueuesPage } from '../features/queues/pages/queues-page.js';
import { SettingsPage } from '../features/settings/pages/settings-page.js';
import { TeamPage } from '../features/team/pages/team-page.js';
import { NotFoundPage, PageCrashed } from './dead-ends.js';
import { MayOpen } from './may-open.js';
import { Shell } from './shell.js';

// The charts weigh as much as the rest of the app, and an agent on the phone looks at none of these.
const StatisticsPage = lazy(() =>
  import('../features/statistics/pages/statistics-page.js').then((m) => ({
    default: m.StatisticsPage,
  })),
);
const UsersPage = lazy(() =>
  import('../features/users/pages/users-page.js').then((m) => ({ default: m.UsersPage })),
);
const ApiKeysPage = lazy(() =>
  import('../features/api-keys/pages/api-keys-page.js').then((m) => ({ default: m.ApiKeysPage })),
);
const AuditPage = lazy(() =>
  import('../features/audit/pages/audit-page.js').then((m) => ({ default: m.AuditPage })),
);
const ProfilePage = lazy(() =>
  import('../features/profile/pages/profile-page.js').then((m) => ({ default: m.ProfilePage })),
);

const only = (element: ReactNode, ...oneOf: Permission[]) => (
  <MayOpen oneOf={oneOf}>{element}</MayOpen>
);

export const routes: RouteObject[] = [
  {
    element: <Shell />,
    children: [
      {
        errorElement: <PageCrashed />,
        children: [
          { index: true, element: <Navigate to="/dialer" replace /> },
          { path: 'dialer', element: only(<DialerPage />, 'dialer.own', 'dialer.any') },
          { path: 'leads', element: only(<LeadsPage />, 'leads.read') },
          { path: 'import', element: only(<ImportPage />, 'leads.manage') },
          { path: 'import/:id', element: only(<ImportPage />, 'leads.manage') },
          { path: 'queues', element: only(<QueuesPage />, 'queues.read') },
          { path: 'queues/:id', element: only(<QueuePage />, 'queues.read') },
          { path: 'history', element: only(<HistoryPage />, 'calls.own', 'calls.any') },
          { path: 'statistics', element: only(<StatisticsPage />, 'stats.own', 'stats.any') },
          { path: 'team', element: only(<TeamPage />, 'agents.read') },
          { path: 'users', element: only(<UsersPage />, 'users.manage') },
          { path: 'api-keys', element: only(<ApiKeysPage />, 'api_keys.manage') },
          { path: 'audit', element: only(<AuditPage />, 'audit.read') },
          { path: 'profile', element: <ProfilePage /> },
          { path: 'settings', element: <SettingsPage /> },
          { path: 'settings/:tab', element: <SettingsPage /> },
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
];

export const createRouter = () => createBrowserRouter(routes);
