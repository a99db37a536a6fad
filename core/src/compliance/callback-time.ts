import { DateTime } from 'luxon';
import { type CallingWindowQuestion, mayCall, zonesToRespect } from './calling-window.js';
import { isKnownZone } from './is-known-zone.js';

/** A call-back may be promised so far ahead; what is later was mistyped, or belongs into a calendar. */
export const CALLBACK_AT_MOST_DAYS = 366;
/** For people, to follow the name of a field. */
export const TOO_FAR_AHEAD = 'is more than a year ahead; choose a time within a year';

/** A lead that waits until 2206 is never called, and nothing would say so. */
export const isTooFarAhead = (at: Date, now: Date): boolean =>
  at.getTime() > now.getTime() + CALLBACK_AT_MOST_DAYS * 86_400_000;

/** A clock that is a little ahead is no reason to refuse. */
const MAY_BE_PAST_BY_MS = 60_000;

export type CallbackTime =
  | { readonly kind: 'good' }
  | {
      readonly kind: 'refused';
      readonly because: 'past' | 'too_far' | 'outside_window';
      /** For people, to follow "callback_at". */
      readonly message: string;
      /** The next time at which the promise could be kept; null: none is known. */
      readonly nextGood: Date | null;
    };

/**
 * Can a call-back be promised for this time? Not in the past, not in an absurd year, and, where the calling window is enforced, not for
 * an hour at which the person may not be called: the dialer would have to break the promise.
 */
export function callbackTime(
  at: Date,
  question: Omit<CallingWindowQuestion, 'now'> & { readonly now: Date },
): CallbackTime {
  const { now } = question;
  if (at.getTime() < now.getTime() - MAY_BE_PAST_BY_MS) {
    return { kind: 'refused', because: 'past', message: 'lies in the past', nextGood: null };
  }
  if (isTooFarAhead(at, now)) {
    return { kind: 'refused', because: 'too_far', message: TOO_FAR_AHEAD, nextGood: null };
  }
  // In the minute that is past: it is due now, which the claim judges.
  const answer = mayCall({ ...question, now: at < now ? now : at });
  if (answer.kind === 'clear') return { kind: 'good' };
  const [zone] = zonesToRespect(question).filter(isKnownZone);
  const local = (instant: Date): string =>
    zone === undefined
      ? instant.toISOString()
      : `${DateTime.fromJSDate(instant, { zone }).toFormat('HH:mm')} on ${DateTime.fromJSDate(instant, { zone }).toFormat('d LLLL yyyy')} in ${zone}`;
  return {
    kind: 'refused',
    because: 'outside_window',
    message: `is ${local(at)}, ${answer.reason}; the next good time there is ${local(answer.until)}`,
    nextGood: answer.until,
  };
}
