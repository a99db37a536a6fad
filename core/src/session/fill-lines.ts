import type { QueuedCall } from '../call/call.js';
import { after, PLACE_WITHIN } from '../call/deadlines.js';
import { mayCall } from '../compliance/calling-window.js';
import type { ZoneOffsets } from '../compliance/zone-offsets.js';
import type { PrefixZones } from '../compliance/zones-of-number.js';
import type {
  Candidate,
  Decision,
  Judgement,
  LineFilling,
  Outlook,
  Scene,
} from '../ports/dialer-store.js';
import type { TelephonyCapabilities } from '../ports/telephony.js';
import { SceneDraft } from './scene.js';
import type { Session } from './session.js';

/** How soon to look again at what another session or a claim holds at the moment. */
const LOOK_AGAIN_AFTER = 2_000;
/** However short its patience, a session sees out a claim that holds a lead for a moment, and a colleague's short call. */
const WAIT_FOR_OTHERS_AT_LEAST = 10_000;

/** May this session place calls at this moment, as far as itself goes? */
export function wantsToDial(scene: Scene, capabilities: TelephonyCapabilities, now: Date): boolean {
  return freeLines(atThisMoment(scene.session, scene, now), scene, capabilities, now) > 0;
}

/**
 * The session with everything whose time has come taken into account: wrap-up over, next round begun.
 * Winner and round change together, so that P4 has one meaning: a round ends when its conversation does.
 */
function atThisMoment(session: Session, scene: Scene, now: Date): Session {
  let next = session;
  if (next.wrapUpUntil !== null && next.wrapUpUntil <= now) {
    const nextRoundAt = after(next.wrapUpUntil, next.settings.delaySeconds * 1000);
    next = { ...next, wrapUpUntil: null, nextRoundAt, wakeAt: nextRoundAt };
  }
  const mayBegin =
    next.status === 'RUNNING' && next.nextRoundAt !== null && next.nextRoundAt <= now;
  if (mayBegin && !hasConversation(scene)) {
    next = { ...next, nextRoundAt: null, winnerCallId: null, round: next.round + 1 };
  }
  return next;
}

const hasConversation = ({ live }: Scene): boolean =>
  live.some(({ call }) => call.state === 'IN_PROGRESS' && call.winner);

/** P9, and the reasons to place nothing. */
function freeLines(
  session: Session,
  scene: Scene,
  capabilities: TelephonyCapabilities,
  now: Date,
): number {
  if (session.status !== 'RUNNING' || hasConversation(scene) || scene.busyElsewhere) return 0;
  if (session.wrapUpUntil !== null || session.nextRoundAt !== null) return 0;
  const free = Math.min(session.lines, capabilities.maxLinesPerAgent) - scene.live.length;
  if (session.trouble === null) return Math.max(0, free);
  if (session.trouble.retryAt > now) return 0;
  // The provider was in trouble: one call finds out whether it still is. A queued one is that call.
  return scene.live.some(({ call }) => call.state === 'QUEUED')
    ? 0
    : Math.min(1, Math.max(0, free));
}

export interface FillContext {
  readonly capabilities: TelephonyCapabilities;
  readonly prefixZones: PrefixZones;
  readonly offsets?: ZoneOffsets;
  readonly nextId: () => string;
  readonly now: Date;
}

/** Fills the free lines of a session from its queue, or decides what it does instead. */
export function lineFilling(context: FillContext): LineFilling<readonly QueuedCall[]> {
  const { capabilities, now } = context;
  return {
    open(scene) {
      const session = atThisMoment(scene.session, scene, now);
      return { session, take: freeLines(session, scene, capabilities, now) };
    },

    judge: (candidate, scene) => judge(candidate, scene, context),

    conclude(scene, claimed, outlook): Decision<readonly QueuedCall[]> {
      // `open` saw the same scene at the same time, so this is the session it returned.
      const session = atThisMoment(scene.session, scene, now);
      const wanted = freeLines(session, scene, capabilities, now);
      const draft = new SceneDraft(scene, now);
      draft.update(session === scene.session ? {} : session);
      for (const call of claimed) draft.putClaimed(call);
      draft.update(whatNext(draft, wanted, claimed.length, outlook, scene, now));
      return { change: draft.change(), answer: claimed };
    },
  };
}

function judge(candidate: Candidate, scene: Scene, context: FillContext): Judgement {
  const { session } = scene;
  const { capabilities, now } = context;
  const { callingWindow, enforceWindow } = session.settings;
  const verdict = mayCall({
    phone: candidate.lead.phone,
    leadTimeZone: candidate.lead.timeZone,
    window: callingWindow,
    // Where real phones ring the window is not a matter of taste.
    enforce: capabilities.reachesRealPhones || enforceWindow === true,
    prefixZones: context.prefixZones,
    now,
    ...(context.offsets === undefined ? {} : { offsets: context.offsets }),
  });
  if (verdict.kind === 'not_now') {
    return { kind: 'hold', dueAt: verdict.until, reason: verdict.reason };
  }
  return {
    kind: 'call',
    call: {
      state: 'QUEUED',
      id: context.nextId(),
      sessionId: session.id,
      agentId: session.agentId,
      queueId: session.queueId,
      queueItemId: candidate.item.id,
      leadId: candidate.lead.id,
      phone: candidate.lead.phone,
      round: atThisMoment(session, scene, now).round,
      attempt: candidate.item.attempts + 1,
      provider: session.provider,
      providerCallId: null,
      queuedAt: now,
      clearance: verdict.clearance,
      cancellation: null,
      verdict: null,
      placeAt: now,
      deadlineAt: after(now, PLACE_WITHIN),
    },
  };
}

/** Why the session is as it is after the claim, and when to look at it again. */
function whatNext(
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
  if (scene.busyElsewhere) return { reason: 'agent_busy', wakeAt: after(now, LOOK_AGAIN_AFTER) };
  if (session.wrapUpUntil !== null) return { wakeAt: session.wrapUpUntil };
  if (session.nextRoundAt !== null) return { wakeAt: session.nextRoundAt };
  if (session.trouble !== null && session.trouble.retryAt > now) {
    return { wakeAt: session.trouble.retryAt };
  }
  if (wanted === 0) return { wakeAt: null };

  const nextDueAt = outlook.blocked ? after(now, LOOK_AGAIN_AFTER) : outlook.nextDueAt;
  if (draft.live.length > 0) {
    return { reason: null, drySince: null, wakeAt: claimed < wanted ? nextDueAt : null };
  }
  const drySince = session.drySince ?? now;
  const patienceMs = session.settings.patienceSeconds * 1000;
  const waitMs = outlook.blocked ? Math.max(patienceMs, WAIT_FOR_OTHERS_AT_LEAST) : patienceMs;
  if (nextDueAt !== null && nextDueAt <= after(drySince, waitMs)) {
    // Not for the provider, whatever trouble there was: it has just been asked, or there is nothing to ask it for.
    return { reason: 'waiting_for_due_item', trouble: null, drySince, wakeAt: nextDueAt };
  }
  return {
    status: 'STOPPED',
    reason: 'queue_dry',
    stoppedAt: now,
    trouble: null,
    drySince,
    wakeAt: null,
  };
}
