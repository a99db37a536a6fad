import type { ConnectionDetails, CreateConnection, PatchConnection } from '@outdial/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

export function useIntegrations() {
  const client = useClient();
  return useQuery({
    queryKey: keys.integrations,
    queryFn: ({ signal }) => client.connections.integrations(signal),
    // Installed with the server.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** One with its settings and the state of its credentials; null: none is asked for. */
export function useConnection(id: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.connection(id ?? ''),
    queryFn: ({ signal }) => client.connections.get(id ?? '', signal),
    enabled: id !== null,
  });
}

function useKeep() {
  const queryClient = useQueryClient();
  return (connection: ConnectionDetails): void => {
    queryClient.setQueryData(keys.connection(connection.id), connection);
    void queryClient.invalidateQueries({ queryKey: keys.connections });
  };
}

/** Credentials are sealed at the server and never come back, so what was typed does not wait in memory. */
export function useAddConnection() {
  const client = useClient();
  const keep = useKeep();
  return useMutation({
    mutationFn: (body: CreateConnection) => client.connections.create(body),
    gcTime: 0,
    onSuccess: ({ message, connection }) => {
      notifyDone(message);
      keep(connection);
    },
  });
}

export function useChangeConnection(id: string) {
  const client = useClient();
  const keep = useKeep();
  return useMutation({
    mutationFn: (body: PatchConnection) => client.connections.patch(id, body),
    gcTime: 0,
    onSuccess: ({ message, connection }) => {
      notifyDone(message);
      keep(connection);
    },
  });
}

export function useTestConnection() {
  const client = useClient();
  const keep = useKeep();
  return useMutation({
    mutationFn: (id: string) => client.connections.test(id),
    onSuccess: ({ connection }) => keep(connection),
    onError: notifyFailed,
  });
}

export function useRemoveConnection() {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.connections.remove(id),
    onSuccess: ({ message }) => notifyDone(message),
    onError: notifyFailed,
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.connections }),
  });
}
