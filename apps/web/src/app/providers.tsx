import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { createClient, createLive, type LiveState } from '@outdial/client';
import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { ConnectionProvider } from '../data/client-context.js';
import { createQueryClient } from '../data/query-client.js';
import { serverClock } from '../data/server-clock.js';
import { cssVariablesResolver, theme } from '../ui/theme.js';
import { storeAgent, storedAgent } from './acting-agent.js';
import { createLiveBridge } from './live-bridge.js';

const colorScheme = localStorageColorSchemeManager({ key: 'outdial.color-scheme' });

/** Everything a page needs around it. Acting as another agent starts with an empty cache: nothing of the other's shows. */
export function Providers({ children }: { children: ReactNode }) {
  const [actingAgentId, setActingAgentId] = useState(storedAgent);
  const [live, setLive] = useState<LiveState>('connecting');

  const { client, queryClient } = useMemo(
    () => ({
      queryClient: createQueryClient(),
      client: createClient({
        baseUrl: window.location.origin,
        agentId: actingAgentId ?? undefined,
        checkAnswers: import.meta.env.DEV,
      }),
    }),
    [actingAgentId],
  );

  useEffect(() => {
    const bridge = createLiveBridge(queryClient, serverClock);
    const connection = createLive({
      baseUrl: window.location.origin,
      agentId: actingAgentId,
      onEvent: bridge.onEvent,
      onHello: bridge.onHello,
      onState: setLive,
    });
    return () => {
      connection.close();
      bridge.close();
    };
  }, [queryClient, actingAgentId]);

  const connection = useMemo(
    () => ({
      client,
      live,
      actingAgentId,
      actAs: (agentId: string | null) => {
        storeAgent(agentId);
        setActingAgentId(agentId);
      },
    }),
    [client, live, actingAgentId],
  );

  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
      colorSchemeManager={colorScheme}
    >
      {/* The key, because a query that is mounted stays with the cache it began with: everything begins anew. */}
      <QueryClientProvider key={actingAgentId} client={queryClient}>
        <ConnectionProvider value={connection}>
          <ModalsProvider>
            <Notifications position="bottom-right" limit={4} />
            {children}
          </ModalsProvider>
        </ConnectionProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
