import type { AgentAtCarrier, Telephony } from '@outdial/core';

/**
 * What an adapter's test must bring so that `telephonyContract` can put it through its paces.
 *
 * For the author of a harness: the suite makes a fresh harness for every test and closes it afterwards, so no test sees
 * another's calls. Everything is async, because the far side may be a server behind real HTTP. Time belongs to the
 * harness: the suite never sleeps, it calls `advance` (a second at a time, mostly; it never advances while a method of
 * the adapter is pending, so none may wait for the provider's time to move). A fate is asked for before the call is placed: `arrange` answers
 * with the number to dial, a different one each time. Over the simulator that is a number of the documented range; over
 * a mock server it is a fresh number whose script was set through the mock's control.
 *
 * What a capability excludes, the suite knows from `telephony.capabilities`. Everything else that a provider cannot do
 * stands in `exceptions`, with the sentence that explains it; the suite prints the sentence in place of the test.
 */
export interface TelephonyHarness {
  readonly telephony: Telephony;

  /** Two agents at least, known to the provider, ready to take calls when the harness is new. */
  readonly agents: readonly [AgentAtCarrier, AgentAtCarrier, ...AgentAtCarrier[]];

  /** Keyed by what the provider cannot do, a sentence that says why. */
  readonly exceptions: TelephonyExceptions;

  /** The provider's time now; what a dialer would write as `dialedAt`. */
  now(): Promise<Date>;

  /** Moves the provider's time on. When it resolves, every event that was due by then has been captured. */
  advance(ms: number): Promise<void>;

  /** Every event delivered so far, as it would be stored in the inbox, in order of arrival. */
  events(): Promise<readonly CapturedEvent[]>;

  /** Prepares the far end and answers with the E.164 number that will behave so when it is called next. */
  arrange(fate: Fate): Promise<string>;

  /** While true, nothing at the provider can be reached. Calls already under way go on. */
  setDown(down: boolean): Promise<void>;

  /** While true, no event reaches us: they are gone for good, not late. */
  loseEvents(lose: boolean): Promise<void>;

  /** What the agent's own app says. Never called where `reportsAvailability` is false. */
  setAvailability(agent: AgentAtCarrier, state: AgentState): Promise<void>;

  /** Makes the provider refuse our credentials from now on. Never called with the exception `credentials`. */
  revokeCredentials(): Promise<void>;

  /** Lets go of everything; safe twice. */
  close(): Promise<void>;
}

export type TelephonyExceptions = Readonly<
  Partial<
    Record<
      /** It cannot distinguish a busy line from an unanswered one. */
      | 'busy_told_apart'
      /** It never accepts a call and reports later that the number cannot be reached. */
      | 'out_of_service'
      /** It has no credentials that could be wrong. */
      | 'credentials',
      string
    >
  >
>;

export interface CapturedEvent {
  /** What the inbox would refuse a second copy by. */
  readonly dedupeKey: string;
  /** The payload as stored: what `interpret` is given later. */
  readonly payload: unknown;
}

/**
 * What happens at the far end. "Soon" is within two minutes of the provider's time.
 *
 * answers           a person picks up soon, talks for some seconds, and hangs up
 * answers_at_length a person picks up soon and talks until the agent or the dialer hangs up (an hour is enough)
 * never_answers     the phone rings until the provider gives up, soon
 * busy              soon
 * voicemail         a mailbox picks up; the call ends soon after, by itself
 * out_of_service    the provider accepts the call and reports soon that the number cannot be reached
 * refused           the provider refuses the number when it is asked
 * answer_lost       the call is placed and a person answers, as in `answers`, but the answer to placing is lost
 * request_lost      the answer to placing is lost, and no call was made
 * forgotten         the provider accepts the call and then there is no call: no event ever, nothing to look up
 */
export type Fate =
  | 'answers'
  | 'answers_at_length'
  | 'never_answers'
  | 'busy'
  | 'voicemail'
  | 'out_of_service'
  | 'refused'
  | 'answer_lost'
  | 'request_lost'
  | 'forgotten';

export type AgentState = 'ready' | 'busy' | 'do_not_disturb' | 'offline';
