/**
 * What a disposition does.
 *
 * keep             nothing: what the outcome and the retry rules say stands, or the disposition's own retry
 * callback         due again when the lead asked for it, before everything else; other queues wait until then
 * ends_here        nothing more to do in this queue
 * ends_everywhere  the person has answered: no queue calls them again
 * suppress_number  the number is not theirs: it is never dialed again, for any lead
 * suppress_person  the person asked not to be called: none of their numbers is dialed again
 *
 * The last three hold in every queue, see `contactRuleOf`.
 */
export const DISPOSITION_EFFECTS = [
  'keep',
  'callback',
  'ends_here',
  'ends_everywhere',
  'suppress_number',
  'suppress_person',
] as const;
export type DispositionEffect = (typeof DISPOSITION_EFFECTS)[number];

/** Colors of the design's palette. */
export const DISPOSITION_COLORS = [
  'gray',
  'green',
  'teal',
  'blue',
  'violet',
  'yellow',
  'orange',
  'red',
] as const;
export type DispositionColor = (typeof DISPOSITION_COLORS)[number];

/** Instead of the outcome's rule: due again after `delaySeconds`, until the lead had `tries` calls in this queue. */
export interface DispositionRetry {
  readonly delaySeconds: number;
  /** null: without limit. */
  readonly tries: number | null;
}

/** What an agent can say of a call. */
export interface Disposition {
  /** Stable: stored with each call, in filters and in exports. Lower-case letters, digits and underscores. */
  readonly code: string;
  /** As it stands in the CRM and in the history. */
  readonly label: string;
  readonly effect: DispositionEffect;
  /** Only with the effect `keep`. */
  readonly retry: DispositionRetry | null;
  readonly color: DispositionColor;
  /** The key that saves it in the dialer, a digit; null: none. */
  readonly key: string | null;
}

/** In the order in which agents want them offered. */
export type DispositionSet = readonly Disposition[];

/**
 * The agent's own word on a call, as it was when it was saved: renaming or removing the disposition later changes no history. It
 * refines what the outcome says, and is never overwritten by it.
 */
export interface SavedDisposition extends Pick<Disposition, 'code' | 'label' | 'effect' | 'retry'> {
  readonly notes: string | null;
  /** When the lead asked to be called back; kept here because the call may still be going on. */
  readonly callbackAt: Date | null;
  readonly savedAt: Date;
}
