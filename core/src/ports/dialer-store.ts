import type { Agent } from '../agent/agent.js';
import type { Call, LiveCall, QueuedCall } from '../call/call.js';
import type { ContactRule } from '../compliance/contact-rule.js';
import type { Lead } from '../lead/lead.js';
import type { QueueItem } from '../queue/queue-item.js';
import type { Session } from '../session/session.js';
import type { AuditNote } from './audit.js';
import type { NewProviderEvent } from './provider-inbox.js';

/**
 * Sessions, their calls and their queue items: the rows that the dialer lives by.
 *
 * One decision at a time per session. Whatever changes a session, one of its calls, or the items of those calls is
 * decided on a scene that no other decision changes meanwhile: the store reads it, lets a pure function decide, and writes the
 * decision onto that very scene or not at all. When another node was quicker, the scene is read again and the function
 * decides anew, so it must be pure.
 */
export interface DialerStore {
  /**
   * Writes a new session. `agent_busy`: the agent has one that is not STOPPED (held by a unique index, so that two
   * nodes cannot both succeed).
   */
  createSession(
    session: Session,
  ): Promise<'created' | 'agent_busy' | 'unknown_agent' | 'unknown_queue'>;

  findSession(sessionId: string): Promise<Session | null>;
  /** The agent's session that is not STOPPED. */
  findOpenSession(agentId: string): Promise<Session | null>;
  findAgent(agentId: string): Promise<Agent | null>;
  findCall(callId: string): Promise<Call | null>;

  /**
   * A look at a scene before a provider is asked. `remembered`: it may be as old as this process' last look at the session,
   * which is enough where what follows is decided anew.
   */
  peek(sessionId: string, how?: 'fresh' | 'remembered'): Promise<Scene | null>;

  /** True when this process knows that the call is over, for ever; false: look. */
  isKnownToBeOver(callId: string): boolean;

  /** Reads, decides, writes. null when there is no such session. */
  changeSession<T>(
    sessionId: string,
    decide: (scene: Scene) => Decision<T>,
  ): Promise<Applied<T> | null>;

  /** The same, found by one of its calls, which is in the scene as `subject` even when it is over. */
  changeByCall<T>(
    callId: string,
    decide: (scene: SceneOfCall) => Decision<T>,
  ): Promise<Applied<T> | null>;

  /** The same, found by the id that the provider gave the call. */
  changeByProviderCall<T>(
    provider: string,
    providerCallId: string,
    decide: (scene: SceneOfCall) => Decision<T>,
  ): Promise<Applied<T> | null>;

  /**
   * One attempt to decide about a call the moment an event about it arrives, on what this process remembers of the session:
   * stores the event as PROCESSED together with the decision, in one commit, so that it is kept as safely as
   * `ProviderInbox.store` keeps it (P7). Waits for nothing but the write.
   *
   * `not_now`: nothing was written, store the event. The process does not remember the call, or not as it is; the session is
   * being decided about; an earlier event of the call waits; the event is stored already; or so many arrive that
   * storing them together is quicker; or `decide` answers null. A call that is over is never decided about here.
   */
  changeOnArrival<T>(
    event: NewProviderEvent,
    which: { readonly callId?: string; readonly providerCallId?: string },
    decide: (scene: SceneOfCall) => Decision<T> | null,
  ): Promise<Applied<T> | 'not_now'>;

  /**
   * A live call's scene as this process remembers it, perhaps outdated; null: look. For what may be done on outdated
   * knowledge, because it is decided anew afterwards and harms nothing.
   */
  recall(callId: string): SceneOfCall | null;

  /**
   * Claims the next callable items of the session's queue and writes their calls as QUEUED, in one transaction.
   *
   * Callable: PENDING, due, not suppressed, its number on no live call (P1), its lead not claimed (P2). Order:
   * callbacks due first, then priority, score, due time, age. Items locked by another claim are passed over, never
   * waited for. The core then assesses each candidate (calling window); a deferred one gets its new due time in the
   * same transaction and the next candidate is taken, up to a bounded number a call.
   */
  fillLines<T>(sessionId: string, now: Date, filling: LineFilling<T>): Promise<Applied<T> | null>;

  /**
   * QUEUED becomes DIALING, for exactly one caller (P3): every other caller gets `not_queued`. Contact rules and the calls of the
   * number are looked at again, because they may have come after the claim (P8): such a call stays QUEUED and the answer says why.
   * P1 keeps every other call to the number away from the claim on, so this look is the last word on gap and cap.
   */
  beginPlacing(callId: string, now: Date, deadlineAt: Date): Promise<BeginPlacing>;

  /** The calls that an event may mean by agent, number and time: placed, not over, without a provider id yet. */
  findPlacedCall(search: PlacedCallSearch): Promise<string | null>;

  /** Whether such a call of the agent, dialed since `dialedSince`, was closed before Outdial knew the provider's id of it. */
  wasClosedUnknown(closed: ClosedCallSearch): Promise<boolean>;
  findCallByProviderId(provider: string, providerCallId: string): Promise<string | null>;

  /**
   * Keeps what a provider reports of a call that the dialer did not place: it counts for the gap and the calls of a day of its number.
   * May come twice and in any order: the earliest start and the latest end stay. A call that turns out to be one of ours (bound by
   * its provider id) counts once.
   */
  noteOutsideCall(call: OutsideCall): Promise<void>;

  /** The agent that an event of a connection means: by the user that they have there, else by e-mail (any case). */
  findAgentAtProvider(
    connectionId: string,
    providerUserId: string,
    email: string | null,
  ): Promise<Agent | null>;

  /** A page of the sessions on these queues that have one of these states, by id; `after`: the last id of the page before. */
  sessionsOn(
    queueIds: readonly string[],
    statuses: readonly ('RUNNING' | 'PAUSED')[],
    page: { readonly after: string | null; readonly limit: number },
  ): Promise<readonly SessionOnQueue[]>;

  /** All calls that are not over and all sessions that are not STOPPED: what a starting process looks after first. */
  openWork(): Promise<{
    readonly callIds: readonly string[];
    readonly sessionIds: readonly string[];
  }>;
}

export interface SessionOnQueue {
  readonly id: string;
  readonly agentId: string;
}

export interface CallWithItem<C extends Call = Call> {
  readonly call: C;
  /** null: the lead was taken out of the queue after its call. */
  readonly item: QueueItem | null;
}

/** All that a decision about a session may look at. */
export interface Scene {
  readonly session: Session;
  readonly agent: Agent;
  readonly live: readonly CallWithItem<LiveCall>[];
  /** The agent has a live call of another session: one that was stopped while its conversation continues. */
  readonly busyElsewhere: boolean;
}

export interface SceneOfCall extends Scene {
  readonly subject: CallWithItem;
}

/** What a decision wants written. Left out means unchanged. */
export interface SceneChange {
  readonly session?: Session;
  readonly calls?: readonly Call[];
  readonly items?: readonly QueueItem[];
  /** What a disposition says about its person: carried out in every queue, in the same transaction. */
  readonly contact?: ContactChange;
  /** What goes into the audit log with this change, given what `contact` did; in the same transaction, as its last statement. */
  readonly audit?: (contact: ContactChanged | null) => readonly AuditNote[];
  /**
   * The inbox rows that this change answers, all of one call; settled in the same statement. When an earlier event of that
   * call is still untried, nothing is written and `EarlierEventsWait` is thrown.
   */
  readonly processedEventIds?: readonly string[];
}

/**
 * Replaces what the disposition of this call did to its person before (`rule` null: takes it back). What another call, or the
 * suppression list itself, holds stays.
 *
 * The store carries it out for the number that was called and for every number that the lead has at that moment, so also for one that
 * was corrected during the call: `suppress_person` puts them all on the suppression list. The lead's places in every queue, and those of
 * leads that share a number, follow. QUEUED calls of other sessions are stopped by `beginPlacing`.
 */
export interface ContactChange {
  readonly callId: string;
  readonly leadId: string;
  /** The number that was called. */
  readonly phone: string;
  /** The label, for people who ask why. */
  readonly disposition: string;
  readonly rule: ContactRule | null;
}

/** What a `ContactChange` did. */
export interface ContactChanged {
  /** Numbers that came onto the suppression list, and that were taken off it again. */
  readonly suppressed: readonly string[];
  readonly unsuppressed: readonly string[];
  /** Queues in which places of leads changed; of those, the ones in which a lead waits again. */
  readonly queueIds: readonly string[];
  readonly freedQueueIds: readonly string[];
}

export interface NewSuppression {
  readonly phone: string;
  readonly reason: string;
  readonly source: 'agent' | 'person' | 'import';
}

export interface Decision<T> {
  readonly change: SceneChange;
  readonly answer: T;
}

/** What was written, for `publishEffects`. */
export interface Applied<T> {
  readonly before: Session;
  readonly session: Session;
  readonly calls: readonly Call[];
  readonly queueChanged: boolean;
  /** null: the change had none. */
  readonly contact: ContactChanged | null;
  readonly answer: T;
}

export interface LineFilling<T> {
  /** How many calls to claim (0: none), and what else changes, `conclude` sees that session. */
  open(scene: Scene): { readonly take: number; readonly session: Session };
  assess(candidate: Candidate, scene: Scene): CandidateAssessment;
  /** After the claim; `calls` of the change may replace those just claimed. */
  conclude(scene: Scene, claimed: readonly QueuedCall[], outlook: Outlook): Decision<T>;
}

export interface Candidate {
  readonly item: QueueItem;
  readonly lead: Pick<Lead, 'id' | 'phone' | 'timeZone'>;
  /**
   * Calls to the number that are over and for which the provider was asked, of all queues, and those outside the dialer
   * (`noteOutsideCall`), the last to end first; at most 50.
   */
  readonly calls: readonly PastCall[];
  /** The person asked to be called back then; null: did not ask, or the item is that call-back. */
  readonly waitsUntil: Date | null;
}

export interface PastCall {
  readonly dialedAt: Date;
  /** null: a call outside the dialer of which the provider has not reported the end. */
  readonly endedAt: Date | null;
}

/** A call that the dialer did not place: the agent dialed by hand, or the provider's own campaign did. */
export interface OutsideCall {
  readonly provider: string;
  readonly providerCallId: string;
  /** The number called, E.164. */
  readonly phone: string;
  readonly dialedAt: Date;
  /** null: not over, as far as is known. */
  readonly endedAt: Date | null;
}

export type CandidateAssessment =
  | { readonly kind: 'call'; readonly call: QueuedCall }
  | { readonly kind: 'hold'; readonly dueAt: Date; readonly reason: string };

/** What the queue holds after a claim that got less than it wanted. */
export interface Outlook {
  /** PENDING and due, yet not claimable at the moment: number or lead on a call elsewhere, or locked by another claim. */
  readonly blocked: boolean;
  /** The earliest due time among PENDING items that are not due yet. */
  readonly nextDueAt: Date | null;
}

export type BeginPlacing =
  | {
      readonly kind: 'begun';
      readonly call: Call;
      readonly agent: Agent;
      readonly ringSeconds: number;
    }
  | { readonly kind: 'suppressed' }
  /** The person said on another call that they want no more calls. */
  | { readonly kind: 'contact_ended' }
  | { readonly kind: 'clearance_over' }
  /** The number was called since the clearance was given, so it counts a call too few. */
  | { readonly kind: 'called_meanwhile' }
  | { readonly kind: 'not_queued' };

export interface ClosedCallSearch {
  readonly provider: string;
  readonly agentId: string;
  readonly to: string;
  readonly dialedSince: Date;
  /** Dialed no later than this. */
  readonly dialedBefore: Date;
}

export interface PlacedCallSearch {
  readonly provider: string;
  readonly agentProviderUserId: string;
  readonly agentEmail: string | null;
  readonly to: string;
  /** Dialed no later than this. */
  readonly dialedBefore: Date;
}
