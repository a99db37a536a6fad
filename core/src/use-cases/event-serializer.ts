import { byArrival, type ProviderEvent } from '../ports/provider-inbox.js';

/**
 * Serializes the events of a call within one process. Those that arrive while another is processed wait and
 * are then taken together, so that a burst about one call is one decision. Across nodes the database keeps the order
 * (`EarlierEventsWait`).
 */
export interface EventSerializer {
  /**
   * Resolves when the event was processed, by this `work` or by an earlier caller's. `work` returns the ids of the events that it
   * has processed; when it throws, the promise of every waiting caller rejects, and the rows are still due.
   */
  inBatch(
    event: ProviderEvent,
    work: (events: readonly ProviderEvent[]) => Promise<readonly string[]>,
  ): Promise<void>;

  /**
   * Runs `work` for an event that just arrived while no other event of its call is worked on; those that come meanwhile wait
   * until it is over. null, and nothing is done, while another one is.
   */
  ifIdle<T>(
    event: Pick<ProviderEvent, 'provider' | 'callKey'>,
    work: () => Promise<T>,
  ): Promise<T> | null;
}

/** The events of one call while one of them is processed. */
interface Line {
  readonly waiting: Map<string, ProviderEvent>;
  /** How those that wait are worked on; null until one of them comes. */
  work: Parameters<EventSerializer['inBatch']>[1] | null;
  readonly over: Promise<void>;
}

export function createEventSerializer(): EventSerializer {
  const lines = new Map<string, Line>();

  /** `first` is done before anything that waits; whatever becomes of it is its caller's business. */
  function open(key: string, first: Promise<unknown>): Line {
    const line: Line = { waiting: new Map(), work: null, over: workThrough() };
    lines.set(key, line);
    return line;

    async function workThrough(): Promise<void> {
      try {
        await first.catch(() => undefined);
        while (line.waiting.size > 0 && line.work !== null) {
          const events = [...line.waiting.values()].sort(byArrival);
          line.waiting.clear();
          for (const id of await line.work(events)) line.waiting.delete(id);
        }
      } finally {
        // Together with the last look, before anything else has a turn: no event may join a line that is not looked at any more.
        lines.delete(key);
      }
    }
  }

  return {
    inBatch(event, work) {
      if (event.callKey === null) return work([event]).then(() => undefined);
      const key = `${event.provider} ${event.callKey}`;
      // Those that were stored together are woken together: a moment, so that they are taken along.
      const line = lines.get(key) ?? open(key, Promise.resolve());
      line.work ??= work;
      line.waiting.set(event.id, event);
      return line.over;
    },

    ifIdle(event, work) {
      const key = `${event.provider} ${event.callKey}`;
      if (event.callKey === null || lines.has(key)) return null;
      const done = work();
      // When it fails while no event waits, `over` is not looked at.
      open(key, done).over.catch(() => undefined);
      return done;
    },
  };
}
