/**
 * How long the dialer waits for a provider to tell it something before it asks (P5). In milliseconds.
 *
 * The figures are ours: long enough that a provider's ordinary delays (Aircall: 2 to 3 s from fact to webhook, `ended`
 * about 30 s after the end) cause no question, short enough that a lost webhook does not leave an agent waiting.
 */

/** A queued call is placed within moments; past this somebody looks why not. */
export const PLACE_WITHIN = 30_000;
/** Longer than any adapter's own request timeout. */
export const ANSWER_WITHIN = 30_000;
/** A lost answer is looked up soon, but not before the provider can know of the call. */
export const LOOK_UP_UNKNOWN_AFTER = 12_000;
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
 * A worker that dies while it talks to the CRM leaves its call due again after this long. Longer than both requests take,
 * and than the clocks of two nodes differ: nobody else may bring the call there meanwhile, as the older word would win.
 */
export const CRM_LEASE = 3 * 60_000;

export const after = (now: Date, milliseconds: number): Date =>
  new Date(now.getTime() + milliseconds);
