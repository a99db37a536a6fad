import type { AgentAtCarrier } from '../agent/agent.js';
import type { CallFacts } from '../call/facts.js';

/**
 * A carrier of calls. Adapters declare what they can do as data; the core asks capabilities, never names.
 * `testing/src/contracts/telephony/` is the definition of "works" for everything below.
 */
export interface Telephony {
  readonly name: string;
  readonly capabilities: TelephonyCapabilities;

  /**
   * Places one call. Not idempotent at most providers: the caller has already committed that it will ask only once.
   * Sends its request within 10 s of being asked, or answers `refused`; answers within `ANSWER_WITHIN` (20 s) in any case,
   * because then the call is looked for.
   * Never throws: what went wrong is an answer, because the dialer must choose what to do about it.
   */
  place(order: PlaceOrder): Promise<PlaceAnswer>;

  /**
   * Asks the provider to end a live call, ringing or answered. May be asked twice; a call that is already over is
   * `done`. On a provider without `canHangUp`: `unsupported`, and nothing happens.
   */
  hangUp(call: ProviderCallRef): Promise<HangUpAnswer>;

  /**
   * What the provider knows about a call now. Used when an answer or an event was lost. `not_found` means that the
   * provider surely has no such call; when in doubt answer `unreachable`, and the dialer asks again later.
   */
  lookUp(call: ProviderCallRef): Promise<LookUpAnswer>;

  /** May this agent take a call at this moment? Providers that cannot tell always answer `ready`. */
  availability(agent: AgentAtCarrier): Promise<Availability>;

  /**
   * By how much the provider's clock is ahead of ours, in milliseconds, as measured; null: not known yet. Left out where both
   * are the same clock. Times in facts and matches are the provider's own, as told.
   */
  clockSkewMs?(): number | null;

  /**
   * Reads a stored provider event: which call it is about and what it says. Pure: same payload, same answer.
   * Unknown kinds are `ignored`, with the reason; they stay in the inbox.
   */
  interpret(payload: unknown): InterpretedEvent;
}

export interface TelephonyCapabilities {
  /** Calls one agent can have at once. A session with more lines is refused. */
  readonly maxLinesPerAgent: number;
  /** Without it losers ring on until they end by themselves, so more than one line makes no sense. */
  readonly canHangUp: boolean;
  /** Without it every pick-up counts as a person. */
  readonly detectsMachines: boolean;
  /** Without it a placed call is bound to its events by agent, number and time. */
  readonly returnsCallId: boolean;
  /** Without it the dialer does not ask before a round. */
  readonly reportsAvailability: boolean;
  /**
   * How the dialer knows that the agent can take a call (P17).
   *
   * agent_leg   the agent's own leg is up
   * provider    the provider knows (`availability`): the agent talks in the provider's app, and closing our page stops nothing
   * screen      only the agent's page tells: without a live one the session pauses, and who answers is ABANDONED
   */
  readonly presenceBy: 'agent_leg' | 'provider' | 'screen';
  /** Real phones ring: the calling window is always enforced. */
  readonly reachesRealPhones: boolean;
}

export interface PlaceOrder {
  readonly callId: string;
  readonly to: string;
  readonly agent: AgentAtCarrier;
  readonly ringSeconds: number;
  /** Which attempt at this lead this is; a simulated network's chance depends on it, so that a world can be repeated. */
  readonly attempt: number;
}

export type PlaceAnswer =
  /** The provider took it. `providerCallId` null: events will have to tell (see `returnsCallId`). */
  | { readonly kind: 'accepted'; readonly providerCallId: string | null }
  /** Surely not placed. */
  | {
      readonly kind: 'refused';
      /**
       * later         the provider is down or busy: try the same call again after a growing delay
       * agent_busy    the agent cannot take a call just now: look again soon
       * agent_absent    the agent is do-not-disturb or offline: pause
       * number        this number cannot be called: the call is FAILED
       * configuration nothing works until an admin fixes it (credentials): pause
       */
      readonly because: 'later' | 'agent_busy' | 'agent_absent' | 'number' | 'configuration';
      readonly message: string;
      /** With `agent_absent`, where the provider tells which. */
      readonly away?: 'do_not_disturb' | 'offline';
      /** The provider's own advice, seconds from now. */
      readonly retryAfterSeconds?: number;
    }
  /** The answer was lost: the phone may be ringing. Look it up; never place it again. */
  | { readonly kind: 'unknown'; readonly message: string };

export type HangUpAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'failed'; readonly message: string };

/** All that may help a provider find a call again. */
export interface ProviderCallRef {
  readonly callId: string;
  readonly providerCallId: string | null;
  readonly to: string;
  readonly agent: AgentAtCarrier;
  readonly dialedAt: Date;
  readonly ringSeconds: number;
  readonly attempt: number;
}

export type LookUpAnswer =
  | { readonly kind: 'found'; readonly facts: CallFacts }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unreachable'; readonly message: string };

export type Availability =
  | { readonly kind: 'ready' }
  /** On a call or wrapping up at the provider: ask again soon. */
  | { readonly kind: 'busy'; readonly message: string }
  | {
      readonly kind: 'away';
      readonly because: 'do_not_disturb' | 'offline';
      readonly message: string;
    }
  | { readonly kind: 'unreachable'; readonly message: string };

/** How an event names its call. */
export interface CallMatch {
  /** Our own id, where the provider carries it back. */
  readonly callId?: string;
  readonly providerCallId?: string;
  /** For providers that do not return an id on placing: the placed call that this must be. */
  readonly placed?: {
    readonly agentProviderUserId: string;
    readonly agentEmail: string | null;
    readonly to: string;
    readonly startedAt: Date;
  };
}

export type InterpretedEvent =
  | {
      readonly kind: 'call';
      readonly match: CallMatch;
      readonly facts: CallFacts;
      /**
       * When nothing matches: the agent dialed by hand in the provider's own app, so the dialer must step back.
       * False for events that say nothing of that (inbound calls, late echoes).
       */
      readonly manualIfUnmatched: boolean;
    }
  /** The agent's own availability changed; sessions may go on or must pause. */
  | {
      readonly kind: 'agent';
      readonly agentProviderUserId: string;
      readonly agentEmail: string | null;
    }
  | { readonly kind: 'ignored'; readonly reason: string };
