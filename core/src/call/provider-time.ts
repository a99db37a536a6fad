import type { CallFacts } from './facts.js';

/**
 * A provider may say that a call started before we dialed it. Some report whole seconds, cut off, which is up to one
 * second; the rest is what is left of the clocks' difference once the measured one is taken off (`Telephony.clockSkewMs`).
 */
export const CLOCK_TOLERANCE_MS = 5_000;

/**
 * First news of a call to a number that we have an open order for, by the agent of that order, is about that order although
 * the provider's clock says that it began before: an agent has one call at a time, so a call dialed by hand would have kept
 * the order from being taken. Older ones are late news of a call that was over before.
 */
export const CLOCK_OFF_AT_MOST_MS = 15 * 60_000;

/** A time further than this from its receipt is no time: providers send events again for half a day. */
const BELIEVED_WITHIN_MS = 24 * 3_600_000;

/** By our clock, what a provider means by `told`; the receipt where it cannot mean anything. */
export function believedTime(told: Date, receivedAt: Date, skewMs: number): Date {
  const corrected = told.getTime() - skewMs;
  const isNonsense = Math.abs(corrected - receivedAt.getTime()) > BELIEVED_WITHIN_MS;
  return isNonsense ? receivedAt : new Date(corrected);
}

/**
 * The facts with times that are possible: by our clock, not before the call was dialed, not after it was reported. `movedMs`: by how
 * much the furthest one had to be moved beyond the measured skew; 0: all were possible.
 */
export function possibleFacts(
  facts: CallFacts,
  {
    dialedAt,
    receivedAt,
    skewMs,
  }: { readonly dialedAt: Date | null; readonly receivedAt: Date; readonly skewMs: number },
): { readonly facts: CallFacts; readonly movedMs: number } {
  const latest = receivedAt.getTime();
  const earliest = Math.min(dialedAt?.getTime() ?? Number.NEGATIVE_INFINITY, latest);
  let movedMs = 0;
  const possible = (told: Date): Date => {
    const corrected = told.getTime() - skewMs;
    if (corrected <= latest + CLOCK_TOLERANCE_MS && corrected >= earliest - CLOCK_TOLERANCE_MS) {
      return new Date(corrected);
    }
    const at = Math.max(earliest, Math.min(corrected, latest));
    movedMs = Math.max(movedMs, Math.abs(at - corrected));
    return new Date(at);
  };
  const { ringingAt, answeredAt, endedAt, agentLeftAt } = facts;
  return {
    facts: {
      ...facts,
      ...(ringingAt && { ringingAt: possible(ringingAt) }),
      ...(answeredAt && { answeredAt: possible(answeredAt) }),
      ...(agentLeftAt && { agentLeftAt: possible(agentLeftAt) }),
      ...(endedAt && { endedAt: possible(endedAt) }),
    },
    movedMs,
  };
}
