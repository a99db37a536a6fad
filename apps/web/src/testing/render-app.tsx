import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { createClient, type LiveMessage, type LiveState } from '@outdial/client';
import type { Role, User } from '@outdial/protocol';
import { QueryClientProvider } from '@tanstack/react-query';
import { act, render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { vi } from 'vitest';
import { createLiveBridge } from '../app/live-bridge.js';
import { routes } from '../app/router.js';
import { notifyAlert } from '../components/notify.js';
import { AccountProvider } from '../data/account-context.js';
import { ConnectionProvider } from '../data/client-context.js';
import { createQueryClient } from '../data/query-client.js';
import { serverClock } from '../data/server-clock.js';
import { theme } from '../ui/theme.js';
import { ADA, aUser, NOW, permissionsOf } from './builders.js';

type Unnumbered = LiveMessage extends infer M
  ? M extends LiveMessage
    ? Pick<M, 'name' | 'data'>
    : never
  : never;

export interface As {
  readonly live?: LiveState;
  readonly role?: Role;
  /** null: they take no calls. */
  readonly agentId?: string | null;
  readonly user?: Partial<User>;
}

/**
 * The whole app at one address, for a signed-in user (an admin who takes calls, unless said otherwise), against the
 * mocked server, with live events sent by hand.
 */
export function renderApp(path: string, as: As = {}) {
  const { live = 'connected' } = as;
  const user = aUser({ role: as.role ?? 'admin', agent_id: ADA.id, ...as.user });
  if (as.agentId !== undefined) user.agent_id = as.agentId;
  const account = {
    user,
    permissions: new Set(permissionsOf(user)),
    signOut: vi.fn(async () => {}),
    wasSignedOut: vi.fn(),
    setMe: vi.fn(),
  };
  const actAs = vi.fn();
  const queryClient = createQueryClient();
  queryClient.setDefaultOptions({ queries: { retry: false, staleTime: 60_000 } });
  const client = createClient({ baseUrl: 'http://localhost:3000', checkAnswers: true });
  const bridge = createLiveBridge(queryClient, serverClock, notifyAlert);
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  const ui = (state: LiveState) => (
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queryClient}>
        <AccountProvider value={account}>
          <ConnectionProvider value={{ client, live: state, actingAgentId: null, actAs }}>
            <ModalsProvider>
              <Notifications />
              <RouterProvider router={router} />
            </ModalsProvider>
          </ConnectionProvider>
        </AccountProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
  const { rerender, unmount } = render(ui(live));
  let number = 0;
  return {
    user: userEvent.setup(),
    account,
    actAs,
    router,
    queryClient,
    bridge,
    unmount,
    setLive: (state: LiveState) => rerender(ui(state)),
    /** What the server says by the live connection. */
    hear: (message: Unnumbered, { missed = true } = {}) =>
      act(() => {
        number += 1;
        bridge.onEvent({ ...message, number, at: NOW, missed } as LiveMessage);
      }),
  };
}
