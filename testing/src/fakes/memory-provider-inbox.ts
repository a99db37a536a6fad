import type { ProviderInbox } from '@outdial/core';
import type { MemoryState } from './memory-state.js';

/** `ProviderInbox` over a `MemoryState`. */
export function createMemoryProviderInbox(state: MemoryState): ProviderInbox {
  return {
    async store(event) {
      if (state.hasEvent(event.provider, event.dedupeKey)) return 'duplicate';
      state.putEvent({
        ...event,
        // As a database keeps it: a copy, of what JSON can say.
        payload: JSON.parse(JSON.stringify(event.payload ?? null)) as unknown,
        state: 'PENDING',
        attempts: 0,
        note: null,
        callId: null,
        dueAt: event.receivedAt,
      });
      return 'stored';
    },

    async find(eventId) {
      const found = state.events.get(eventId);
      if (found === undefined) return null;
      const { dueAt: _, ...event } = found;
      return event;
    },

    async settle(eventId, as, note, callId) {
      const event = state.events.get(eventId);
      if (event !== undefined) state.putEvent({ ...event, state: as, note, callId, dueAt: null });
    },

    async failed(eventId, error, dueAt) {
      const event = state.events.get(eventId);
      if (event === undefined) return;
      state.putEvent({
        ...event,
        state: dueAt === null ? 'DEAD' : 'PENDING',
        attempts: event.attempts + 1,
        note: error,
        dueAt,
      });
    },
  };
}
