import { createBrowserRouter, type RouteObject } from 'react-router';
import { NotFoundPage, PageCrashed } from './dead-ends.js';
import { Home } from './home.js';
import { MayOpen } from './may-open.js';
import { PAGES, type PageEntry } from './pages.js';
import { Shell } from './shell.js';

function routeOf({ path, oneOf, Page }: PageEntry): RouteObject {
  const page = <Page />;
  return { path, element: oneOf === null ? page : <MayOpen oneOf={oneOf}>{page}</MayOpen> };
}

export const routes: RouteObject[] = [
  {
    element: <Shell />,
    children: [
      {
        errorElement: <PageCrashed />,
        children: [
          { index: true, element: <Home /> },
          ...PAGES.map(routeOf),
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
];

export const createRouter = () => createBrowserRouter(routes);
