import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { createClient, type LiveMessage, type LiveState } from '@outdial/client';
import { QueryClientProvider } from '@tanstack/react-query';
import { act, render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { createLiveBridge } from '../app/live-bridge.js';
import { routes } from '../app/router.js';
import { ConnectionProvider } from '../data/client-context.js';
import { createQueryClient } from '../data/query-client.js';
import { serverClock } from '../data/server-clock.js';
import { theme } from '../ui/theme.js';
import { NOW } from './builders.js';

type Unnumbered = LiveMessage extends infer M
  ? M extends LiveMessage
    ? Pick<M, 'name' | 'data'>
    : never
  : never;

/** The whole app at one address, against the mocked server, with live events sent by hand. */
export function renderApp(path: string, { live = 'connected' }: { live?: LiveState } = {}) {
  const queryClient = createQueryClient();
  queryClient.setDefaultOptions({ queries: { retry: false, staleTime: 60_000 } });
  const client = createClient({ baseUrl: 'http://localhost:3000', checkAnswers: true });
  const bridge = createLiveBridge(queryClient, serverClock);
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  const ui = (state: LiveState) => (
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queryClient}>
        <ConnectionProvider value={{ client, live: state, actingAgentId: null, actAs: () => {} }}>
          <ModalsProvider>
            <Notifications />
            <RouterProvider router={router} />
          </ModalsProvider>
        </ConnectionProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
  const { rerender } = render(ui(live));
  let number = 0;
  return {
    user: userEvent.setup(),
    router,
    queryClient,
    bridge,
    setLive: (state: LiveState) => rerender(ui(state)),
    /** What the server says by the live connection. */
    hear: (message: Unnumbered) =>
      act(() => {
        number += 1;
        bridge.onEvent({ ...message, number, at: NOW, missed: true } as LiveMessage);
      }),
  };
}
