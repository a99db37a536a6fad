import type { ProviderEvent, ProviderInbox } from '@outdial/core';
import type { MemoryEvent, MemoryState } from './memory-state.js';

/** `ProviderInbox` over a `MemoryState`. */
export function createMemoryProviderInbox(state: MemoryState): ProviderInbox {
  return {
    async store({ ignoredBecause, ...event }) {
      if (state.hasEvent(event.provider, event.dedupeKey)) return 'duplicate';
      state.putEvent({
        ...event,
        // As a database keeps it: a copy, of what JSON can say.
        payload: JSON.parse(JSON.stringify(event.payload ?? null)) as unknown,
        state: ignoredBecause === null ? 'PENDING' : 'IGNORED',
        attempts: 0,
        note: ignoredBecause,
        callId: null,
        dueAt: ignoredBecause === null ? event.receivedAt : null,
      });
      return 'stored';
    },

    async find(eventId) {
      const found = state.events.get(eventId);
      return found === undefined ? null : plainEvent(found);
    },

    async untried(provider, callKey) {
      return state.untriedEvents(provider, callKey).map(plainEvent);
    },

    async settle(eventIds, as, note) {
      for (const id of eventIds) {
        const event = state.events.get(id);
        if (event?.state !== 'PENDING') continue;
        state.putEvent({ ...event, state: as, note, dueAt: null });
      }
    },

    async failed(eventId, error, dueAt) {
      const event = state.events.get(eventId);
      if (event?.state !== 'PENDING') return;
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

const plainEvent = ({ dueAt: _, ...event }: MemoryEvent): ProviderEvent => event;
