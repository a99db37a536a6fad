import type { Outcome } from '../call/outcome.js';
import type { Disposition, DispositionRetry } from '../disposition/disposition.js';
import type { RetryRules } from '../settings/settings.js';
import type { QueueItem } from './queue-item.js';

/** When an agent promises a call back and names no time: the same time tomorrow. */
export const CALLBACK_WITHOUT_TIME_SECONDS = 24 * 3600;

/**
 * The queue item once its call is over. Only a CLAIMED item changes, so hearing of the same end twice changes nothing.
 *
 * A `callback` that the agent promised during the call goes before every rule. Otherwise the outcome's rule decides:
 * PENDING again after its delay, EXHAUSTED when the item has had its `tries` calls with this outcome; without a rule
 * (CONNECTED and ABANDONED have none) DONE. A call that the dialer itself cancelled is no attempt (the lead did not
 * decline anything), though a rule for it may still count such calls.
 *
 * An item that was due as a callback keeps its place before all others while we are the reason that the promise was not
 * kept: the dialer cancelled, or the call could not be placed. Once the phone rang, it waits like any other.
 */
export function afterCall(
  item: QueueItem,
  outcome: Outcome,
  rules: RetryRules,
  now: Date,
  callback: Date | null = null,
): QueueItem {
  if (item.state !== 'CLAIMED') return item;
  const calls = (item.attemptsByOutcome[outcome] ?? 0) + 1;
  const over: QueueItem = {
    ...item,
    claimedBySessionId: null,
    heldReason: null,
    lastOutcome: outcome,
    attempts: item.attempts + (outcome === 'CANCELED_BY_DIALER' ? 0 : 1),
    attemptsByOutcome: { ...item.attemptsByOutcome, [outcome]: calls },
    callback: false,
  };
  if (callback !== null) return promised(over, callback, now);

  const rule = rules[outcome];
  if (rule === undefined) return { ...over, state: 'DONE' };
  if (rule.tries !== null && calls >= rule.tries) return { ...over, state: 'EXHAUSTED' };
  const ourFault = outcome === 'CANCELED_BY_DIALER' || outcome === 'FAILED';
  return {
    ...over,
    state: 'PENDING',
    dueAt: later(now, rule.delaySeconds),
    callback: item.callback && ourFault,
  };
}

/**
 * The queue item once the agent has said what the call meant; applied after `afterCall`, and again each time the agent
 * changes it. An item with a live call (CLAIMED) stays as it is: what was said then is on the call (`Call.disposition`), and is
 * applied when the call is over.
 *
 * This is the place in the call's own queue; what holds in every queue is `contactRuleOf`, which the store applies. An item that
 * is PENDING here while its number or person may not be called is never stored so (P8).
 *
 * A time for a call back makes it a call back whatever the disposition ("Interested, call me on Monday"), except where
 * the number must not be called.
 */
export function afterDisposition(
  item: QueueItem,
  disposition: Pick<Disposition, 'effect' | 'retry'>,
  callbackAt: Date | null,
  now: Date,
): QueueItem {
  if (item.state === 'CLAIMED') return item;
  const { effect, retry } = disposition;
  if (effect === 'suppress_person') {
    return { ...item, state: 'SUPPRESSED', callback: false, heldReason: null };
  }
  // The number is wrong, not the person: with another number, which the agent may have entered already, they are called.
  if (effect === 'suppress_number') {
    return { ...item, state: 'PENDING', callback: false, heldReason: null };
  }
  if (callbackAt !== null) return promised(item, callbackAt, now);
  switch (effect) {
    case 'callback':
      return promised(item, later(now, CALLBACK_WITHOUT_TIME_SECONDS), now);
    case 'ends_here':
    case 'ends_everywhere':
      return { ...item, state: 'DONE', callback: false, heldReason: null };
    case 'keep':
      return retry === null ? item : retried(item, retry, now);
    default: {
      const never: never = effect;
      return never;
    }
  }
}

/**
 * The queue item as the outcome of its last call left it, once the agent takes back what was said about that call: the same
 * answer as `afterCall` gave, with the calls counted already.
 */
export function asOutcomeSays(
  item: QueueItem,
  ended: { readonly outcome: Outcome; readonly endedAt: Date },
  rules: RetryRules,
): QueueItem {
  if (item.state === 'CLAIMED' || item.lastOutcome !== ended.outcome) return item;
  const plain: QueueItem = { ...item, callback: false, heldReason: null };
  const rule = rules[ended.outcome];
  if (rule === undefined) return { ...plain, state: 'DONE' };
  const calls = item.attemptsByOutcome[ended.outcome] ?? 0;
  if (rule.tries !== null && calls >= rule.tries) return { ...plain, state: 'EXHAUSTED' };
  return { ...plain, state: 'PENDING', dueAt: later(ended.endedAt, rule.delaySeconds) };
}

/** The disposition's own rule in the place of the outcome's. */
const retried = (
  item: QueueItem,
  { delaySeconds, tries }: DispositionRetry,
  now: Date,
): QueueItem =>
  tries !== null && item.attempts >= tries
    ? { ...item, state: 'EXHAUSTED', callback: false, heldReason: null }
    : {
        ...item,
        state: 'PENDING',
        dueAt: later(now, delaySeconds),
        callback: false,
        heldReason: null,
      };

/** A time that is already past means now. */
const promised = (item: QueueItem, at: Date, now: Date): QueueItem => ({
  ...item,
  state: 'PENDING',
  dueAt: at < now ? now : at,
  callback: true,
  heldReason: null,
});

const later = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);
