import type { FarEnd } from './profiles.js';

/**
 * What calling a number of a range always does, whatever the profile says.
 *
 * answer_lost   the phone rings and a person answers, but the answer to placing gets lost
 * request_lost  the answer to placing is lost, and no call was made
 * events_lost   a person answers, and no event says so; looking the call up tells
 * forgotten     the provider accepts the call, and then knows nothing of it
 * down          the provider is down whenever this number is to be called
 * unruly_events a person answers; every event comes twice, the end first
 */
export type Forced =
  | { readonly kind: 'far_end'; readonly farEnd: FarEnd }
  | { readonly kind: 'refused' | 'request_lost' | 'forgotten' | 'down' }
  | {
      readonly kind: 'answer_lost' | 'events_lost' | 'unruly_events';
      readonly farEnd: FarEnd;
    };

export interface ForcedRange {
  readonly from: string;
  readonly to: string;
  readonly forced: Forced;
}

const range = (from: number, to: number, forced: Forced): ForcedRange => ({
  from: `+190755501${String(from).padStart(2, '0')}`,
  to: `+190755501${String(to).padStart(2, '0')}`,
  forced,
});

/**
 * Numbers that are reserved for fiction, in Alaska (+1 907-555-01xx): sample data and tests elsewhere mostly take
 * Washington's 202, and must not be surprised. README.md has the same table; a test compares them.
 */
export const FORCED_RANGES: readonly ForcedRange[] = [
  range(10, 19, { kind: 'far_end', farEnd: 'CONNECTED' }),
  range(20, 29, { kind: 'far_end', farEnd: 'NO_ANSWER' }),
  range(30, 39, { kind: 'far_end', farEnd: 'BUSY' }),
  range(40, 49, { kind: 'far_end', farEnd: 'VOICEMAIL' }),
  range(50, 59, { kind: 'far_end', farEnd: 'FAILED' }),
  range(60, 69, { kind: 'refused' }),
  range(70, 74, { kind: 'answer_lost', farEnd: 'CONNECTED' }),
  range(75, 79, { kind: 'request_lost' }),
  range(80, 84, { kind: 'events_lost', farEnd: 'CONNECTED' }),
  range(85, 89, { kind: 'forgotten' }),
  range(90, 94, { kind: 'down' }),
  range(95, 99, { kind: 'unruly_events', farEnd: 'CONNECTED' }),
];

/** What this number forces; null: chance decides. All numbers have the same length, so text compares as numbers do. */
export function forcedBy(to: string): Forced | null {
  const found = FORCED_RANGES.find(
    (candidate) =>
      to.length === candidate.from.length && candidate.from <= to && to <= candidate.to,
  );
  return found?.forced ?? null;
}
