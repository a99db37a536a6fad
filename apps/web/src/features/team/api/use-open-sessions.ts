import type { SessionList } from '@outdial/protocol';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';

/** Every session that is not stopped, of all agents. */
export function useOpenSessions() {
  const client = useClient();
  return useQuery({
    queryKey: keys.openSessions,
    queryFn: async ({ signal }): Promise<SessionList> => {
      const [running, paused] = await Promise.all([
        client.sessions.list({ status: 'RUNNING', limit: 200 }, signal),
        client.sessions.list({ status: 'PAUSED', limit: 200 }, signal),
      ]);
      const sessions = [...running.sessions, ...paused.sessions];
      return { sessions, total: sessions.length, next_cursor: null };
    },
  });
}
