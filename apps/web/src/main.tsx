import './app/no-eval.js';
import '@fontsource-variable/inter/index.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './ui/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { preloadPages } from './app/pages.js';
import { Providers } from './app/providers.js';
import { createRouter } from './app/router.js';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');

// After the first page stands: a page that is asked for later is there also when the server is not.
const whenIdle = window.requestIdleCallback ?? ((then: () => void) => setTimeout(then, 2_000));
window.addEventListener('load', () => setTimeout(() => whenIdle(() => void preloadPages()), 3_000));

createRoot(root).render(
  <StrictMode>
    <Providers>
      <RouterProvider router={createRouter()} />
    </Providers>
  </StrictMode>,
);
