/**
 * What a provider reports about one call: partial knowledge, never a command.
 *
 * Facts are merged, not replayed: a field once known stays, so that the same event twice, late, or out of order
 * changes nothing (P7). An `ended` fact may bring an `answeredAt` whose own event was lost.
 */
export interface CallFacts {
  readonly providerCallId?: string;
  readonly ringingAt?: Date;
  readonly answeredAt?: Date;
  /** Left out when the provider cannot tell; a pick-up then counts as a person. */
  readonly answeredBy?: 'PERSON' | 'MACHINE';
  /** The agent transferred the call to another person; it continues without them. */
  readonly agentLeftAt?: Date;
  readonly endedAt?: Date;
  /** Why it ended, given with `endedAt`. */
  readonly endCause?: EndCause;
  /** The provider's own words on the end, for people. */
  readonly endReason?: string;
}

/** What two events tell together: what is known stays, and only that a machine answered corrects what was said before. */
export const mergeFacts = (known: CallFacts, more: CallFacts): CallFacts => ({
  ...more,
  ...known,
  ...(more.answeredBy === 'MACHINE' && { answeredBy: 'MACHINE' }),
});

/** `hangup`: one side ended it. `canceled`: ended by us before anyone answered. */
export type EndCause = 'hangup' | 'no_answer' | 'busy' | 'voicemail' | 'canceled' | 'failed';
