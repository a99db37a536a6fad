import { type PresenceStore, SCREEN_LEASE_MS } from '@outdial/core';
import type { MemoryState } from './memory-state.js';

/** `PresenceStore` over a `MemoryState`. */
export function createMemoryPresenceStore(state: MemoryState): PresenceStore {
  /** By agent, then by node. */
  const screens = new Map<string, Map<string, { seenAt: Date; leftAt: Date | null }>>();

  function put(nodeId: string, agentIds: readonly string[], at: Date, hasLeft: boolean): void {
    for (const agentId of agentIds) {
      const ofAgent = screens.get(agentId) ?? new Map();
      screens.set(agentId, ofAgent);
      ofAgent.set(nodeId, { seenAt: at, leftAt: hasLeft ? at : null });
    }
  }

  function lastLive(agentId: string, now: Date): Date | null {
    let last: Date | null = null;
    for (const { seenAt, leftAt } of screens.get(agentId)?.values() ?? []) {
      const isLive = leftAt === null && seenAt.getTime() > now.getTime() - SCREEN_LEASE_MS;
      const at = isLive ? now : (leftAt ?? seenAt);
      if (last === null || at > last) last = at;
    }
    return last;
  }

  return {
    async seen(nodeId, agentIds, at) {
      put(nodeId, agentIds, at, false);
    },

    async left(nodeId, agentIds, at) {
      put(nodeId, agentIds, at, true);
    },

    async lastLive(agentId, now) {
      return lastLive(agentId, now);
    },

    async absent(connectionIds, now, limit) {
      return [...state.sessions.values()]
        .flatMap((session) => {
          const { pauseWhenAwaySeconds } = session.settings;
          if (session.status !== 'RUNNING' || pauseWhenAwaySeconds === 0) return [];
          if (!connectionIds.includes(session.provider)) return [];
          const last = lastLive(session.agentId, now);
          const since = last !== null && last > session.startedAt ? last : session.startedAt;
          const isAway = since.getTime() + pauseWhenAwaySeconds * 1000 <= now.getTime();
          return isAway ? [{ sessionId: session.id, agentId: session.agentId, since }] : [];
        })
        .sort((a, b) => a.since.getTime() - b.since.getTime())
        .slice(0, limit);
    },
  };
}
