import type { Disposition, SavedDisposition } from '../disposition/disposition.js';

/**
 * What a disposition says about the person or the number, beyond the queue of its call. It holds in every queue until the
 * disposition is changed, or a person with the right to do so lifts it.
 *
 * ends_everywhere  no queue calls the person
 * waits            no queue calls the person before `until`, except the call-back that was promised
 * suppress_number  the number called is not theirs: it is not dialed, for any lead; the person may be called on another one
 * suppress_person  the person asked not to be called: none of their numbers is dialed, nor one that they get later
 */
export type ContactRule =
  | { readonly effect: 'ends_everywhere' | 'suppress_number' | 'suppress_person' }
  | { readonly effect: 'waits'; readonly until: Date };

/** null: nothing beyond the queue. A promised time outweighs "no more calls", as it came from the person too. */
export function contactRuleOf(
  { effect }: Pick<Disposition, 'effect'>,
  callbackAt: Date | null,
): ContactRule | null {
  switch (effect) {
    case 'suppress_number':
    case 'suppress_person':
      return { effect };
    case 'ends_everywhere':
      return callbackAt === null ? { effect } : { effect: 'waits', until: callbackAt };
    case 'callback':
    case 'ends_here':
    case 'keep':
      return callbackAt === null ? null : { effect: 'waits', until: callbackAt };
    default: {
      const never: never = effect;
      return never;
    }
  }
}

/** What was said of a call before, as a rule. */
export const contactRuleOfSaved = (saved: SavedDisposition | null): ContactRule | null =>
  saved === null ? null : contactRuleOf(saved, saved.callbackAt);
