import type { Metric } from '../call/outcome.js';
import type { DialingSettings } from '../settings/settings.js';

export type SessionStatus = 'RUNNING' | 'PAUSED' | 'STOPPED';
export type AfterConnect = 'continue' | 'stop';

/**
 * What a session is doing right now, as an agent would say it. Derived from the session and its calls each time
 * either changes (see `phase-of.ts`) and kept with the session so that every screen reads the same word.
 *
 * DIALING   filling lines, phones ring          ON_CALL   the winner and the agent talk
 * WRAP_UP   the conversation is over            DELAY     the pause before the next round
 * WAITING   nothing callable yet, or the provider has an outage
 * PAUSED    nothing new is placed               STOPPED   over
 */
export type SessionPhase =
  | 'DIALING'
  | 'ON_CALL'
  | 'WRAP_UP'
  | 'DELAY'
  | 'WAITING'
  | 'PAUSED'
  | 'STOPPED';

/** Why a session is PAUSED or STOPPED, or what a RUNNING one is waiting for. */
export type SessionReason =
  | 'requested_by_user'
  | 'first_connect'
  | 'queue_exhausted'
  | 'agent_do_not_disturb'
  | 'agent_offline'
  | 'agent_absent'
  | 'manual_call'
  | 'waiting_for_due_item'
  | 'agent_busy'
  | 'provider_unavailable'
  | 'provider_refused'
  | 'connection_unavailable';

/** The provider is unavailable. The session waits, asks again at `retryAt`, and the dialer page shows the message. */
export interface ProviderOutage {
  readonly since: Date;
  readonly failures: number;
  /** For people: what happened and what the dialer does about it. */
  readonly message: string;
  readonly retryAt: Date;
}

/** Who controls a session by hand, with the name of that moment: the core knows no accounts. */
export interface SessionActor {
  readonly id: string;
  readonly name: string;
}

/** P10: always equal to the sums over the session's calls. */
export interface SessionMetrics extends Readonly<Record<Metric, number>> {
  readonly attempted: number;
}

/** One agent working through one queue. */
export interface Session {
  readonly id: string;
  readonly agentId: string;
  readonly queueId: string;
  readonly provider: string;
  readonly lines: number;
  readonly afterConnect: AfterConnect;
  readonly status: SessionStatus;
  readonly reason: SessionReason | null;
  /** Who did it; only with the reason `requested_by_user`, and null where that is not known. */
  readonly actor: SessionActor | null;
  readonly phase: SessionPhase;
  readonly phaseSince: Date;
  /** From 1. A round runs until a person answers or the queue is exhausted. */
  readonly round: number;
  /** P4: the winner of the current round; the last round's stays until the next one begins. */
  readonly winnerCallId: string | null;
  /** The agent has until then for the disposition. */
  readonly wrapUpUntil: Date | null;
  readonly nextRoundAt: Date | null;
  readonly outage: ProviderOutage | null;
  /** Since when there was nothing to call; patience counts from here. */
  readonly drySince: Date | null;
  /** When the dialer must look at this session again, if nothing happens before; null: only events matter. */
  readonly wakeAt: Date | null;
  readonly metrics: SessionMetrics;
  /** The queue's settings when the session started. */
  readonly settings: DialingSettings;
  readonly startedAt: Date;
  readonly stoppedAt: Date | null;
}
