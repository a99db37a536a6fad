import type { LiveEvent, LiveEventName } from '@outdial/protocol';

export interface NumberedEvent extends LiveEvent {
  readonly name: LiveEventName;
}

/** The latest events, by number without a gap, for readers who were away. */
export interface EventRing {
  /** Of the newest event; 0 before the first. */
  readonly last: number;
  add(event: Omit<NumberedEvent, 'number'>): NumberedEvent;
  /** What came after that number; null when it is not all here any more, or the number is none of ours. */
  since(number: number): readonly NumberedEvent[] | null;
}

export function createEventRing(size: number): EventRing {
  const events: NumberedEvent[] = [];
  let last = 0;
  return {
    get last() {
      return last;
    },
    add(event) {
      last += 1;
      const numbered = { number: last, ...event };
      events[last % size] = numbered;
      return numbered;
    },
    since(number) {
      if (number > last || last - number > size) return null;
      const missed: NumberedEvent[] = [];
      for (let each = number + 1; each <= last; each++) {
        const event = events[each % size];
        if (event !== undefined) missed.push(event);
      }
      return missed;
    },
  };
}
