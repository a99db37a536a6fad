import type { Placement } from './call.js';

/**
 * How long the dialer waits for a provider to tell it something before it asks (P5). In milliseconds.
 *
 * The figures are ours: long enough that a provider's ordinary delays (2 to 3 s from fact to webhook, `ended`
 * about 30 s after the end, at the slowest one known) cause no question, short enough that a lost webhook does not leave an agent waiting.
 */

/** A queued call is placed within moments; past this a job checks why not. */
export const PLACE_WITHIN_MS = 30_000;
/**
 * Longer than any adapter takes to place a call, waiting for its turn at the provider included (`Telephony.place`; at the slowest one known:
 * up to 4 s to find the line, 5 s for its turn, 10 s for the answer). A process that dies meanwhile leaves a call that is
 * looked up then.
 */
export const ANSWER_WITHIN_MS = 20_000;
/**
 * A process that has taken a call for placing asks the provider within this time, or not at all. A database that answers late or a
 * process that stood still (a paused machine) must not ring a phone for a call that another process has closed as not placed.
 */
export const ASK_WITHIN_MS = 5_000;
/** An adapter sends its request within this time of being asked, or answers `refused` (`Telephony.place`). */
export const SEND_WITHIN_MS = 10_000;
/**
 * From sending a request to the provider's look-up showing the call, at the most. 2 s were seen and 10 s are counted on at the
 * slowest carrier, whose look-up answers "too early" until then.
 */
export const SHOWN_WITHIN_MS = 12_000;
/**
 * A placed call without the provider's id is closed as never placed only when one process has known of it for this long and
 * its look-up then still finds nothing (`unseenCalls`). ASKED: the request may still have to be sent. Otherwise it was sent, or
 * never will be. So the line of a lost answer is free 12 s after the loss, that of a process that died 47 s after the
 * order, 27 s after a start; each further node that happens to make the look-up adds one such wait at the most.
 */
export const MAY_SURFACE_FOR_MS: Readonly<Record<Placement, number>> = {
  ASKED: ASK_WITHIN_MS + SEND_WITHIN_MS + SHOWN_WITHIN_MS,
  UNKNOWN: SHOWN_WITHIN_MS,
  ACCEPTED: SHOWN_WITHIN_MS,
};
/** A lost answer is first looked up so soon: the call may be found, and its events heard, before it would be closed. */
export const LOOK_UP_UNKNOWN_AFTER_MS = 6_000;
/** Over the ring limit, before we ask. */
export const RING_GRACE_MS = 20_000;
/** An unanswered call that the provider still has. */
export const RECHECK_RINGING_AFTER_MS = 15_000;
/** A conversation is looked at so often, because its end may have been lost. */
export const RECHECK_CONVERSATION_AFTER_MS = 60_000;
/** After a hang-up the provider's end event should be there. */
export const END_AFTER_HANG_UP_MS = 10_000;
/** When a provider cannot be asked at all: past this the call is closed without it. */
export const GIVE_UP_UNANSWERED_AFTER_MS = 15 * 60_000;
export const GIVE_UP_CONVERSATION_AFTER_MS = 6 * 3600_000;

/**
 * A worker that dies while it talks to the CRM leaves its call due again after this long. Longer than both requests take (a
 * CRM's adapter gives each up after `CRM_REQUEST_TIMEOUT_MS`), with half a minute for other delays: no other worker
 * may sync the call meanwhile, as the older version would win. Nodes agree on the time, and a node that is alone
 * does not wait for it (`freeCrmLeases`).
 */
export const CRM_REQUEST_TIMEOUT_MS = 30_000;
export const CRM_LEASE_MS = 2 * CRM_REQUEST_TIMEOUT_MS + 30_000;

export const addMs = (now: Date, milliseconds: number): Date =>
  new Date(now.getTime() + milliseconds);
