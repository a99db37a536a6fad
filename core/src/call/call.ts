import type { ComplianceClearance } from '../compliance/clearance.js';
import type { SavedDisposition } from '../disposition/disposition.js';
import type { Outcome } from './outcome.js';

/**
 * A call, from intent to history.
 *
 * QUEUED       the intent is written; the provider is not asked yet
 * DIALING      exactly one worker has asked the provider, or is about to (see `placement`)
 * RINGING      the provider says that the phone rings
 * IN_PROGRESS  a person or a machine picked up
 * COMPLETED    over, with an outcome; from here on it is history
 *
 * State only moves down this list, whatever order the provider's events arrive in.
 */
export type Call = QueuedCall | DialingCall | RingingCall | AnsweredCall | CompletedCall;
export type LiveCall = Exclude<Call, CompletedCall>;
export type CallState = Call['state'];

export interface CallIdentity {
  readonly id: string;
  readonly sessionId: string;
  readonly agentId: string;
  readonly queueId: string;
  readonly queueItemId: string;
  readonly leadId: string;
  /** E.164, as it is dialed. */
  readonly phone: string;
  /** The round of its session, from 1. */
  readonly round: number;
  /** Which attempt at its queue item this is, from 1. */
  readonly attempt: number;
  readonly provider: string;
  /** The provider's own id; null until the provider reports it. */
  readonly providerCallId: string | null;
  readonly queuedAt: Date;
  /** P8: why this number was allowed, and until when; taken in the claiming transaction. */
  readonly clearance: ComplianceClearance;
  /** Set when the dialer wants this call to end; the provider may still report that a person answered. */
  readonly cancellation: Cancellation | null;
  /** What the agent said of the call, perhaps while it was still going on; null: nothing yet. */
  readonly disposition: SavedDisposition | null;
}

/** `agent_absent`: no screen of the agent was connected. `not_placed`: released before the provider was asked (session paused, number suppressed meanwhile …). */
export type CancelReason =
  | 'another_line_connected'
  | 'session_stopped'
  | 'agent_hung_up'
  | 'machine_answered'
  | 'agent_absent'
  | 'not_placed';

export interface Cancellation {
  readonly requestedAt: Date;
  readonly reason: CancelReason;
  /** When to ask the provider (again) to hang up; null when it has agreed or cannot. */
  readonly askAt: Date | null;
  readonly asked: number;
}

/**
 * ASKED     the request is under way, or the process died while it was
 * ACCEPTED  the provider took it
 * UNKNOWN   the answer was lost, or long in coming: the phone may be ringing; look it up, never place it again
 */
export type Placement = 'ASKED' | 'ACCEPTED' | 'UNKNOWN';

export interface QueuedCall extends CallIdentity {
  readonly state: 'QUEUED';
  /** Not before; later than `queuedAt` when the provider refused and said "try again". */
  readonly placeAt: Date;
  readonly deadlineAt: Date;
}

/** What every call carries that the provider was asked for. */
interface PlacedCall extends CallIdentity {
  readonly dialedAt: Date;
  readonly placement: Placement;
  readonly deadlineAt: Date;
  /** How often a look-up brought nothing; see `check-call`. */
  readonly checks: number;
}

export interface DialingCall extends PlacedCall {
  readonly state: 'DIALING';
}

export interface RingingCall extends PlacedCall {
  readonly state: 'RINGING';
  readonly ringingAt: Date;
}

/** PERSON includes "unknown": abandoning a person is worse than an agent hearing a machine. */
export type AnsweredBy = 'PERSON' | 'MACHINE';

export interface AnsweredCall extends PlacedCall {
  readonly state: 'IN_PROGRESS';
  readonly ringingAt: Date | null;
  readonly answeredAt: Date;
  readonly answeredBy: AnsweredBy;
  /** True for the one call of its round that the agent talks on. */
  readonly winner: boolean;
  /** The agent handed it on, to a colleague or to an outside number; from then on it is no conversation of theirs. */
  readonly agentLeftAt?: Date;
}

export interface CompletedCall extends CallIdentity {
  readonly state: 'COMPLETED';
  readonly dialedAt: Date | null;
  readonly placement: Placement | null;
  readonly ringingAt: Date | null;
  readonly answeredAt: Date | null;
  readonly answeredBy: AnsweredBy | null;
  readonly winner: boolean;
  readonly agentLeftAt?: Date;
  readonly endedAt: Date;
  /** Seconds of conversation, whole; 0 without an answer. */
  readonly talkSeconds: number;
  readonly outcome: Outcome;
  /** A sentence for people on why it ended so, where there is more to say than the outcome. */
  readonly reason: string | null;
  readonly crm: CrmSync;
}

/**
 * How far the CRM has this call. FAILED still retries by itself until `dueAt` is null. NOT_LOGGED: calls of its outcome get no
 * activity (`CrmRecords`), and its agent has said nothing of it.
 */
export interface CrmSync {
  readonly state: 'PENDING' | 'SYNCED' | 'FAILED' | 'NOT_LOGGED';
  /** Counts what changed about the call, so that a sync that ran meanwhile does not hide a newer disposition. */
  readonly revision: number;
  readonly attempts: number;
  /** When to try (again); null: in step, or given up until a person replays it. */
  readonly dueAt: Date | null;
  readonly lastError: string | null;
  /** The CRM's id of the activity. */
  readonly activityId: string | null;
}

export const isLive = (call: Call): call is LiveCall => call.state !== 'COMPLETED';

/** The agent talks on it. */
export const isConversation = (call: Call): boolean =>
  call.state === 'IN_PROGRESS' && call.winner && call.agentLeftAt === undefined;

/** It was the agent's, who has handed it on: it takes no line of theirs, and is followed to its end. */
export const isHandedOn = (call: Call): boolean =>
  call.state === 'IN_PROGRESS' && call.agentLeftAt !== undefined;
