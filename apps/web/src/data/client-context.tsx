import type { Client, LiveState } from '@outdial/client';
import { createContext, type ReactNode, useContext } from 'react';

interface Connection {
  readonly client: Client;
  readonly live: LiveState;
  /** The agent that this page acts for; null: the user's own, if any. */
  readonly actingAgentId: string | null;
  readonly actAs: (agentId: string | null) => void;
}

const ConnectionContext = createContext<Connection | null>(null);

export function ConnectionProvider({
  value,
  children,
}: {
  value: Connection;
  children: ReactNode;
}) {
  return <ConnectionContext value={value}>{children}</ConnectionContext>;
}

export function useConnection(): Connection {
  const connection = useContext(ConnectionContext);
  if (!connection) throw new Error('There is no ConnectionProvider above this component.');
  return connection;
}

/** The only way to the server. */
export const useClient = (): Client => useConnection().client;
