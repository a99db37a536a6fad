import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { createClient, createLive, type LiveState } from '@outdial/client';
import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { notifyAlert } from '../components/notify.js';
import { AccountProvider } from '../data/account-context.js';
import { ConnectionProvider } from '../data/client-context.js';
import { createQueryClient } from '../data/query-client.js';
import { serverClock } from '../data/server-clock.js';
import { cssVariablesResolver, theme } from '../ui/theme.js';
import { AccountGate } from './account-gate.js';
import { type AccountStore, createAccountStore, type SignedInState } from './account-store.js';
import { storeAgent, storedAgent } from './acting-agent.js';
import { createLiveBridge } from './live-bridge.js';
import { styleNonce } from './style-nonce.js';

const colorScheme = localStorageColorSchemeManager({ key: 'outdial.color-scheme' });
/** For what is asked before anybody is known. */
const beforeSignIn = createQueryClient();

/** Everything a page needs around it, beginning with the signed-in user. */
export function Providers({ children }: { children: ReactNode }) {
  const [store] = useState(() => createAccountStore(window.location.origin));
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
      colorSchemeManager={colorScheme}
      getStyleNonce={styleNonce}
    >
      <Notifications position="bottom-right" limit={4} />
      <QueryClientProvider client={beforeSignIn}>
        <AccountGate store={store} baseUrl={window.location.origin}>
          {(signedIn) => (
            // Another person begins anew: nothing of the one before shows.
            <SignedIn key={signedIn.user.id} store={store} signedIn={signedIn}>
              {children}
            </SignedIn>
          )}
        </AccountGate>
      </QueryClientProvider>
    </MantineProvider>
  );
}

interface SignedInProps {
  store: AccountStore;
  signedIn: SignedInState;
  children: ReactNode;
}

/** What a signed-in person works with. Acting for another agent starts with an empty cache: nothing of the other's shows. */
function SignedIn({ store, signedIn, children }: SignedInProps) {
  const { user, permissions } = signedIn;
  const mayActForOthers = permissions.has('dialer.any');
  const [chosenId, setChosenId] = useState(() => storedAgent(user.id));
  const actingAgentId = mayActForOthers && chosenId !== user.agent_id ? chosenId : null;
  const isExpired = signedIn.kind === 'expired';
  const [live, setLive] = useState<LiveState>('connecting');

  const { client, queryClient } = useMemo(
    () => ({
      queryClient: createQueryClient(),
      client: createClient({
        baseUrl: window.location.origin,
        agentId: actingAgentId ?? undefined,
        token: store.token,
        checkAnswers: import.meta.env.DEV,
      }),
    }),
    [actingAgentId, store],
  );

  const agentId = actingAgentId ?? user.agent_id ?? undefined;
  useEffect(() => {
    if (isExpired) return;
    const bridge = createLiveBridge(queryClient, serverClock, notifyAlert);
    const connection = createLive({
      baseUrl: window.location.origin,
      ...(agentId !== undefined && { agentId }),
      token: async () => (await store.token()) ?? '',
      onEvent: bridge.onEvent,
      onHello: bridge.onHello,
      onState: setLive,
    });
    return () => {
      connection.close();
      bridge.close();
      setLive('connecting');
    };
  }, [queryClient, agentId, isExpired, store]);

  // What was asked for meanwhile was refused.
  const wasExpired = useRef(false);
  useEffect(() => {
    if (!isExpired && wasExpired.current) void queryClient.invalidateQueries();
    wasExpired.current = isExpired;
  }, [isExpired, queryClient]);

  const connection = useMemo(
    () => ({
      client,
      live,
      actingAgentId,
      actAs: (chosen: string | null) => {
        storeAgent(user.id, chosen);
        setChosenId(chosen);
      },
    }),
    [client, live, actingAgentId, user.id],
  );
  const account = useMemo(
    () => ({
      user,
      permissions,
      signOut: store.signOut,
      wasSignedOut: store.wasSignedOut,
      setMe: store.setMe,
    }),
    [user, permissions, store],
  );

  return (
    <AccountProvider value={account}>
      {/* The key, because a query that is mounted stays with the cache it began with: everything begins anew. */}
      <QueryClientProvider key={actingAgentId} client={queryClient}>
        <ConnectionProvider value={connection}>
          <ModalsProvider>{children}</ModalsProvider>
        </ConnectionProvider>
      </QueryClientProvider>
    </AccountProvider>
  );
}
