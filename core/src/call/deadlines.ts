/**
 * How long the dialer waits for a provider to tell it something before it asks (P5). In milliseconds.
 *
 * The figures are ours: long enough that a provider's ordinary delays (Aircall: 2 to 3 s from fact to webhook, `ended`
 * about 30 s after the end) cause no question, short enough that a lost webhook does not leave an agent waiting.
 */

/** A queued call is placed within moments; past this somebody looks why not. */
export const PLACE_WITHIN = 30_000;
/**
 * Longer than any adapter takes to place a call, waiting for its turn at the provider included (`Telephony.place`; Aircall:
 * up to 4 s to find the line, 5 s for its turn, 10 s for the answer). A process that dies meanwhile leaves a call that is
 * looked up then, and once more after as long again, counted from the first look and not from the order: clocks of nodes
 * may differ, and a starting process looks at once. Whatever was sent has arrived and is shown by the second look. So the
 * line of such a call is free again 40 s after the order, plus two sweeps; 20 s after a start.
 */
export const ANSWER_WITHIN = 20_000;
/**
 * Whoever has taken a call for placing asks the provider within this time, or not at all. A database that answers late or a
 * process that stood still (a paused machine) must not have a phone rung for a call that others have looked for in vain and closed.
 */
export const ASK_WITHIN = 5_000;
/**
 * A lost answer is looked up so soon, and a second time after as long again, before the call is closed: the line is free
 * 12 s after the answer was found to be lost. Not sooner, because a provider shows a call some time after it took it: at
 * Aircall 2 s were seen and 10 s are counted on (adapters/telephony-aircall, look-up.ts, which says "too early" until then).
 */
export const LOOK_UP_UNKNOWN_AFTER = 6_000;
/** Over the ring limit, before we ask. */
export const RING_GRACE = 20_000;
/** An unanswered call that the provider still has. */
export const RECHECK_RINGING_AFTER = 15_000;
/** A conversation is looked at so often, because its end may have been lost. */
export const RECHECK_CONVERSATION_AFTER = 60_000;
/** After a hang-up the provider's end event should be there. */
export const END_AFTER_HANG_UP = 10_000;
/** When a provider cannot be asked at all: past this the call is closed without it. */
export const GIVE_UP_UNANSWERED_AFTER = 15 * 60_000;
export const GIVE_UP_CONVERSATION_AFTER = 6 * 3600_000;

/**
 * A worker that dies while it talks to the CRM leaves its call due again after this long. Longer than both requests take (a
 * CRM's adapter gives each up after `CRM_REQUEST_WITHIN`), with half a minute for all else that holds a process up: nobody
 * else may bring the call there meanwhile, as the older word would win. Nodes agree on the time, and a node that is alone
 * does not wait for it (`freeCrmLeases`).
 */
export const CRM_REQUEST_WITHIN = 30_000;
export const CRM_LEASE = 2 * CRM_REQUEST_WITHIN + 30_000;

export const after = (now: Date, milliseconds: number): Date =>
  new Date(now.getTime() + milliseconds);
