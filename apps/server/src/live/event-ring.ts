import type { LiveEvent, LiveEventName } from '@outdial/protocol';

/** The agents that an event belongs to. Subscribers who may see all agents get it as well. */
export type Audience = 'every agent' | readonly string[];

export interface NumberedEvent extends LiveEvent {
  readonly name: LiveEventName;
  readonly audience: Audience;
}

/** The latest events, by number without a gap, for readers who were away. */
export interface EventRing {
  /** Of the newest event; before the first, the number that the ring began after. */
  readonly last: number;
  /** The event after `last`. */
  add(event: NumberedEvent): void;
  /** What came after that number; null when it is not all here any more, or the number is none of ours. */
  since(number: number): readonly NumberedEvent[] | null;
}

export function createEventRing(size: number, after = 0): EventRing {
  const events: NumberedEvent[] = [];
  let last = after;
  return {
    get last() {
      return last;
    },
    add(event) {
      last = event.number;
      events[last % size] = event;
    },
    since(number) {
      if (number > last || number < after || last - number > size) return null;
      const missed: NumberedEvent[] = [];
      for (let each = number + 1; each <= last; each++) {
        const event = events[each % size];
        if (event !== undefined) missed.push(event);
      }
      return missed;
    },
  };
}
