import type { Agent } from '../agent/agent.js';
import type { DialingCall, QueuedCall } from '../call/call.js';
import { isConversation, isHandedOn } from '../call/call.js';
import { ANSWER_WITHIN_MS, addMs, PLACE_WITHIN_MS } from '../call/deadlines.js';
import { mayDial } from '../compliance/may-dial.js';
import type { ZoneOffsets } from '../compliance/zone-offsets.js';
import type { PrefixZones } from '../compliance/zones-of-number.js';
import type {
  Candidate,
  CandidateAssessment,
  Decision,
  LineFilling,
  Outlook,
  Scene,
} from '../ports/dialer-store.js';
import type { TelephonyCapabilities } from '../ports/telephony.js';
import { SceneDraft } from './scene.js';
import type { Session } from './session.js';

/** How soon to look again at what another session or a claim holds at the moment. */
const LOOK_AGAIN_AFTER_MS = 2_000;
/** However short its patience, a session sees out a claim that holds a lead for a moment, and a colleague's short call. */
const WAIT_FOR_OTHERS_AT_LEAST_MS = 10_000;

/** May this session place calls at this moment, as far as itself goes? */
export function wantsToDial(scene: Scene, capabilities: TelephonyCapabilities, now: Date): boolean {
  return freeLines(advanceToNow(scene.session, scene, now), scene, capabilities, now) > 0;
}

/**
 * The session with everything whose time has come taken into account: wrap-up over, next round begun.
 * Winner and round change together, so that P4 has one meaning: a round ends when its conversation does.
 */
function advanceToNow(session: Session, scene: Scene, now: Date): Session {
  let next = session;
  if (next.wrapUpUntil !== null && next.wrapUpUntil <= now) {
    const nextRoundAt = addMs(next.wrapUpUntil, next.settings.delaySeconds * 1000);
    next = { ...next, wrapUpUntil: null, nextRoundAt, wakeAt: nextRoundAt };
  }
  const mayBegin =
    next.status === 'RUNNING' && next.nextRoundAt !== null && next.nextRoundAt <= now;
  if (mayBegin && !hasConversation(scene)) {
    next = { ...next, nextRoundAt: null, winnerCallId: null, round: next.round + 1 };
  }
  return next;
}

const hasConversation = ({ live }: Scene): boolean => live.some(({ call }) => isConversation(call));

/** A transferred call takes no line of the agent. */
const linesInUse = ({ live }: Scene): number => live.filter(({ call }) => !isHandedOn(call)).length;

/** P9, and the reasons to place nothing. */
function freeLines(
  session: Session,
  scene: Scene,
  capabilities: TelephonyCapabilities,
  now: Date,
): number {
  if (session.status !== 'RUNNING' || hasConversation(scene) || scene.busyElsewhere) return 0;
  if (session.wrapUpUntil !== null || session.nextRoundAt !== null) return 0;
  const free = Math.min(session.lines, capabilities.maxLinesPerAgent) - linesInUse(scene);
  if (session.outage === null) return Math.max(0, free);
  if (session.outage.retryAt > now) return 0;
  // After an outage one call tests the provider. A call that still waits for its answer is that test.
  return scene.live.some(
    ({ call }) =>
      call.state === 'QUEUED' || (call.state === 'DIALING' && call.placement === 'ASKED'),
  )
    ? 0
    : Math.min(1, Math.max(0, free));
}

export interface FillContext {
  readonly capabilities: TelephonyCapabilities;
  readonly prefixZones: PrefixZones;
  readonly offsets?: ZoneOffsets;
  /** Countries that may be called now (ISO 3166 alpha-2); empty or left out: every country. */
  readonly allowedCountries?: readonly string[];
  readonly nextId: () => string;
  readonly now: Date;
  /**
   * Claimed calls are DIALING immediately, in the commit of the claim, for a caller that asks the provider as soon as that is
   * written (P3). Left out: they are QUEUED until a job takes them for placing.
   */
  readonly begins?: boolean;
}

export interface Claimed {
  /** For the caller to place, and for no other process. */
  readonly begun: readonly DialingCall[];
  readonly agent: Agent;
}

/** Fills the free lines of a session from its queue, or decides what it does instead. */
export function lineFilling(context: FillContext): LineFilling<Claimed> {
  const { capabilities, now, begins = false } = context;
  return {
    open(scene) {
      const session = advanceToNow(scene.session, scene, now);
      return { session, take: freeLines(session, scene, capabilities, now) };
    },

    assess: (candidate, scene) => assessCandidate(candidate, scene, context),

    conclude(scene, claimed, outlook): Decision<Claimed> {
      // `open` saw the same scene at the same time, so this is the session it returned.
      const session = advanceToNow(scene.session, scene, now);
      const wanted = freeLines(session, scene, capabilities, now);
      const draft = new SceneDraft(scene, now);
      draft.update(session === scene.session ? {} : session);
      for (const call of claimed) draft.putClaimed(call);
      const begun = begins ? claimed.map((call) => toDialingCall(call, now)) : [];
      for (const call of begun) draft.putLive(call, null);
      draft.update(nextSessionState(draft, wanted, claimed.length, outlook, scene, now));
      return { change: draft.change(), answer: { begun, agent: scene.agent } };
    },
  };
}

function toDialingCall({ placeAt: _, state: __, ...identity }: QueuedCall, now: Date): DialingCall {
  return {
    ...identity,
    state: 'DIALING',
    placement: 'ASKED',
    dialedAt: now,
    deadlineAt: addMs(now, ANSWER_WITHIN_MS),
    checks: 0,
  };
}

function assessCandidate(
  candidate: Candidate,
  scene: Scene,
  context: FillContext,
): CandidateAssessment {
  const { session } = scene;
  const { capabilities, now } = context;
  const { callingWindow, enforceWindow, contactLimits, enforceContactLimits } = session.settings;
  const { lead, item, calls, waitsUntil } = candidate;
  if (waitsUntil !== null && waitsUntil > now) {
    return {
      kind: 'hold',
      dueAt: waitsUntil,
      reason: 'asked on a call of another queue to be called back then',
    };
  }
  const answer = mayDial({
    phone: lead.phone,
    leadTimeZone: lead.timeZone,
    item,
    calls,
    window: callingWindow,
    // Where real phones ring, both rules are always enforced.
    enforceWindow: capabilities.reachesRealPhones || enforceWindow === true,
    limits: contactLimits,
    enforceLimits: capabilities.reachesRealPhones || enforceContactLimits === true,
    allowedCountries: context.allowedCountries ?? [],
    prefixZones: context.prefixZones,
    now,
    ...(context.offsets === undefined ? {} : { offsets: context.offsets }),
  });
  if (answer.kind === 'not_now') {
    return { kind: 'hold', dueAt: answer.until, reason: answer.reason };
  }
  return {
    kind: 'call',
    call: {
      state: 'QUEUED',
      id: context.nextId(),
      sessionId: session.id,
      agentId: session.agentId,
      queueId: session.queueId,
      queueItemId: item.id,
      leadId: lead.id,
      phone: lead.phone,
      round: advanceToNow(session, scene, now).round,
      attempt: item.attempts + 1,
      provider: session.provider,
      providerCallId: null,
      queuedAt: now,
      clearance: answer.clearance,
      cancellation: null,
      disposition: null,
      placeAt: now,
      deadlineAt: addMs(now, PLACE_WITHIN_MS),
    },
  };
}

/** Why the session is as it is after the claim, and when to look at it again. */
function nextSessionState(
  draft: SceneDraft,
  wanted: number,
  claimed: number,
  outlook: Outlook,
  scene: Scene,
  now: Date,
): Partial<Session> {
  const { session } = draft;
  if (session.status !== 'RUNNING') return { wakeAt: session.wrapUpUntil };
  if (draft.conversation !== null) return { wakeAt: null };
  if (scene.busyElsewhere) return { reason: 'agent_busy', wakeAt: addMs(now, LOOK_AGAIN_AFTER_MS) };
  if (session.wrapUpUntil !== null) return { wakeAt: session.wrapUpUntil };
  if (session.nextRoundAt !== null) return { wakeAt: session.nextRoundAt };
  if (session.outage !== null && session.outage.retryAt > now) {
    return { wakeAt: session.outage.retryAt };
  }
  if (wanted === 0) return { wakeAt: null };

  const nextDueAt = outlook.blocked ? addMs(now, LOOK_AGAIN_AFTER_MS) : outlook.nextDueAt;
  if (draft.onLines.length > 0) {
    return { reason: null, drySince: null, wakeAt: claimed < wanted ? nextDueAt : null };
  }
  const drySince = session.drySince ?? now;
  const patienceMs = session.settings.patienceSeconds * 1000;
  const waitMs = outlook.blocked ? Math.max(patienceMs, WAIT_FOR_OTHERS_AT_LEAST_MS) : patienceMs;
  if (nextDueAt !== null && nextDueAt <= addMs(drySince, waitMs)) {
    // Clears the outage: the provider has just answered, or there is no call to place.
    return { reason: 'waiting_for_due_item', outage: null, drySince, wakeAt: nextDueAt };
  }
  return {
    status: 'STOPPED',
    reason: 'queue_exhausted',
    stoppedAt: now,
    outage: null,
    drySince,
    wakeAt: null,
  };
}
