import type { PresenceStore } from '@outdial/core';
import type { MemoryState } from './memory-state.js';

/** `PresenceStore` over a `MemoryState`. */
export function createMemoryPresenceStore(state: MemoryState): PresenceStore {
  const seenAt = new Map<string, Date>();

  return {
    async seen(agentIds, at) {
      for (const agentId of agentIds) {
        const session = state.openSessionOf(agentId);
        if (session !== null) seenAt.set(session.id, at);
      }
    },

    async absent(now, limit) {
      return [...seenAt]
        .flatMap(([sessionId, at]) => {
          const session = state.sessions.get(sessionId);
          if (session === undefined || session.status === 'STOPPED') return [];
          const { pauseWhenAwaySeconds } = session.settings;
          const isAway = at.getTime() + pauseWhenAwaySeconds * 1000 <= now.getTime();
          return pauseWhenAwaySeconds > 0 && isAway
            ? [{ sessionId, agentId: session.agentId, seenAt: at }]
            : [];
        })
        .sort((a, b) => a.seenAt.getTime() - b.seenAt.getTime())
        .slice(0, limit);
    },

    async forget(sessionIds, until) {
      for (const id of sessionIds) {
        const at = seenAt.get(id);
        if (at !== undefined && at <= until) seenAt.delete(id);
      }
    },
  };
}
