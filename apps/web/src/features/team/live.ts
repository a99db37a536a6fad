import type { AgentList, SessionList } from '@outdial/protocol';
import { keys } from '../../data/keys.js';
import type { LiveUpdates } from '../../data/live-updates.js';

export const teamLive: LiveUpdates = {
  'session.updated': (header, cache) =>
    cache.write<SessionList>(keys.openSessions, (old) => {
      const others = old.sessions.filter((s) => s.id !== header.id);
      const open = header.status === 'STOPPED' ? others : [header, ...others];
      return { ...old, sessions: open, total: open.length };
    }),
  'agent.updated': (agent, cache) =>
    cache.write<AgentList>(keys.agents, (old) => {
      if (!old.agents.some((a) => a.id === agent.id)) cache.readAgain(keys.agents, 300);
      return { ...old, agents: old.agents.map((a) => (a.id === agent.id ? agent : a)) };
    }),
};
