import { byArrival, type ProviderEvent } from '../ports/provider-inbox.js';

/**
 * Within one process, the events of a call are worked on one after the other. Those that come while one is at work wait and
 * are then taken together, so that a burst about one call is one decision. Across nodes the database keeps the order
 * (`EarlierEventsWait`).
 */
export interface EventTurns {
  /**
   * Resolves when the event was worked on, by this `work` or by that of whoever was at it. `work` answers which events it
   * is through with; when it throws, everybody who waits is told, and the rows are still due.
   */
  together(
    event: ProviderEvent,
    work: (events: readonly ProviderEvent[]) => Promise<readonly string[]>,
  ): Promise<void>;
}

/** The events of one call while somebody works on them. */
interface Line {
  readonly waiting: Map<string, ProviderEvent>;
  readonly over: Promise<void>;
}

export function eventTurns(): EventTurns {
  const lines = new Map<string, Line>();

  async function workThrough(
    key: string,
    waiting: Map<string, ProviderEvent>,
    work: Parameters<EventTurns['together']>[1],
  ): Promise<void> {
    // Those that were stored together are woken together: a moment, so that they are taken along.
    await Promise.resolve();
    try {
      while (waiting.size > 0) {
        const events = [...waiting.values()].sort(byArrival);
        waiting.clear();
        for (const id of await work(events)) waiting.delete(id);
      }
    } finally {
      // Together with the last look, before anybody else has a turn: nobody may join a line that is not looked at any more.
      lines.delete(key);
    }
  }

  return {
    together(event, work) {
      if (event.callKey === null) return work([event]).then(() => undefined);
      const key = `${event.provider} ${event.callKey}`;
      const line = lines.get(key);
      if (line !== undefined) {
        line.waiting.set(event.id, event);
        return line.over;
      }
      const waiting = new Map([[event.id, event]]);
      const over = workThrough(key, waiting, work);
      lines.set(key, { waiting, over });
      return over;
    },
  };
}
