import type { Agent } from '../agent/agent.js';
import type { Call, LiveCall, QueuedCall } from '../call/call.js';
import type { Lead } from '../lead/lead.js';
import type { QueueItem } from '../queue/queue-item.js';
import type { Session } from '../session/session.js';

/**
 * Sessions, their calls and their queue items: the rows that the dialer lives by.
 *
 * One decision at a time per session. Whatever changes a session, one of its calls, or the items of those calls is
 * decided on a scene that nobody changes meanwhile: the store reads it, lets a pure function decide, and writes the
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
   * Claims the next callable items of the session's queue and writes their calls as QUEUED, in one transaction.
   *
   * Callable: PENDING, due, not suppressed, its number on no live call (P1), its lead claimed by nobody (P2). Order:
   * callbacks due first, then priority, score, due time, age. Items locked by another claim are passed over, never
   * waited for. Each candidate is then judged by the core (calling window); a held one gets its new due time in the
   * same transaction and the next candidate is taken, up to a bounded number a call.
   */
  fillLines<T>(sessionId: string, now: Date, filling: LineFilling<T>): Promise<Applied<T> | null>;

  /**
   * QUEUED becomes DIALING, for exactly one caller (P3): everybody else gets `not_queued`. Suppression is looked at
   * again, because it may have come after the claim (P8): such a call stays QUEUED and the answer is `suppressed`.
   */
  beginPlacing(callId: string, now: Date, deadlineAt: Date): Promise<BeginPlacing>;

  /** The calls that an event may mean by agent, number and time: placed, not over, without a provider id yet. */
  findPlacedCall(search: PlacedCallSearch): Promise<string | null>;

  /** Whether such a call of the agent, dialed since `dialedSince`, was closed before anybody knew the provider's id of it. */
  wasClosedUnknown(closed: ClosedCallSearch): Promise<boolean>;
  findCallByProviderId(provider: string, providerCallId: string): Promise<string | null>;

  /** The agent whom a provider's event means, by the configured provider user, else by e-mail (any case). */
  findAgentAtProvider(providerUserId: string, email: string | null): Promise<Agent | null>;

  /** All calls that are not over and all sessions that are not STOPPED: what a starting process looks after first. */
  openWork(): Promise<{
    readonly callIds: readonly string[];
    readonly sessionIds: readonly string[];
  }>;
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
  /** The agent has a live call of another session: one that was stopped while its conversation goes on. */
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
  /** Numbers that must never be dialed again; their waiting items in every queue become SUPPRESSED. */
  readonly suppress?: readonly NewSuppression[];
  /**
   * The inbox rows that this change answers, all of one call; settled in the same statement. When an earlier event of that
   * call is still untried, nothing is written and `EarlierEventsWait` is thrown.
   */
  readonly processedEventIds?: readonly string[];
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

/** What was written, so that the caller can tell the world and set the alarms. */
export interface Applied<T> {
  readonly before: Session;
  readonly session: Session;
  readonly calls: readonly Call[];
  readonly queueChanged: boolean;
  readonly answer: T;
}

export interface LineFilling<T> {
  /** How many calls to claim (0: none), and what else changes, `conclude` sees that session. */
  open(scene: Scene): { readonly take: number; readonly session: Session };
  judge(candidate: Candidate, scene: Scene): Judgement;
  /** After the claim; `calls` of the change may replace those just claimed. */
  conclude(scene: Scene, claimed: readonly QueuedCall[], outlook: Outlook): Decision<T>;
}

export interface Candidate {
  readonly item: QueueItem;
  readonly lead: Pick<Lead, 'id' | 'phone' | 'timeZone'>;
}

export type Judgement =
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
  | { readonly kind: 'clearance_over' }
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
