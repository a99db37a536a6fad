import { lazy } from 'react';
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
import { Shell } from './shell.js';

// The charts weigh as much as the rest of the app, and an agent on the phone never looks at them.
const StatisticsPage = lazy(() =>
  import('../features/statistics/pages/statistics-page.js').then((m) => ({
    default: m.StatisticsPage,
  })),
);

export const routes: RouteObject[] = [
  {
    element: <Shell />,
    children: [
      {
        errorElement: <PageCrashed />,
        children: [
          { index: true, element: <Navigate to="/dialer" replace /> },
          { path: 'dialer', element: <DialerPage /> },
          { path: 'leads', element: <LeadsPage /> },
          { path: 'import', element: <ImportPage /> },
          { path: 'import/:id', element: <ImportPage /> },
          { path: 'queues', element: <QueuesPage /> },
          { path: 'queues/:id', element: <QueuePage /> },
          { path: 'history', element: <HistoryPage /> },
          { path: 'statistics', element: <StatisticsPage /> },
          { path: 'team', element: <TeamPage /> },
          { path: 'settings', element: <Navigate to="/settings/system" replace /> },
          { path: 'settings/:tab', element: <SettingsPage /> },
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
];

export const createRouter = () => createBrowserRouter(routes);
