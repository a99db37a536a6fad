import { asksForAgent, wasThere } from '../agent/attendance.js';
import { isLive, type LiveCall, type QueuedCall } from '../call/call.js';
import {
  addMs,
  GIVE_UP_CONVERSATION_AFTER_MS,
  GIVE_UP_UNANSWERED_AFTER_MS,
  LOOK_UP_UNKNOWN_AFTER_MS,
  MAY_SURFACE_FOR_MS,
  RECHECK_CONVERSATION_AFTER_MS,
  RECHECK_RINGING_AFTER_MS,
} from '../call/deadlines.js';
import type { CallFacts } from '../call/facts.js';
import { possibleFacts } from '../call/provider-time.js';
import { withHangUpRepeated } from '../call/transitions.js';
import { providerDelayAfter } from '../pacing/back-off.js';
import type { SceneOfCall } from '../ports/dialer-store.js';
import type { LookUpAnswer, TelephonyCapabilities } from '../ports/telephony.js';
import { applyFacts } from '../session/apply-facts.js';
import { SceneDraft } from '../session/scene.js';
import type { DialerPorts } from './dialer-ports.js';
import { providerRef } from './provider-ref.js';
import { publishEffects } from './publish-effects.js';

/**
 * Reconciles a live call with its provider when its deadline has passed, or at once after a restart (`evenIfEarly`).
 * Every placed call ends, by event or by this (P5): a call that the provider does not know is closed; one that it still
 * carries gets a new deadline; when the provider cannot be asked, we ask again, and in the end close it without.
 */
export async function checkCall(
  ports: Pick<
    DialerPorts,
    | 'store'
    | 'presence'
    | 'carriers'
    | 'clock'
    | 'jobs'
    | 'announcements'
    | 'journal'
    | 'unseenCalls'
  >,
  callId: string,
  evenIfEarly = false,
): Promise<void> {
  const { store, presence, carriers, clock, jobs, journal } = ports;
  // The alarm was set when the call began, and most calls end before it rings.
  if (store.isKnownToBeOver(callId)) return;
  const call = await store.findCall(callId);
  if (call === null || !isLive(call)) return;
  if (!evenIfEarly && call.deadlineAt > clock.now()) {
    jobs.wake({ job: 'check-call', id: callId, at: call.deadlineAt });
    return;
  }
  if (call.state === 'QUEUED') {
    jobs.wake({ job: 'place-call', id: callId, at: call.placeAt });
    return;
  }
  const scene = await store.peek(call.sessionId);
  if (scene === null) return;

  const telephony = carriers.of(call.provider);
  const { ringSeconds } = scene.session.settings;
  const question = { call, knownForMs: ports.unseenCalls.knownForMs(call) };
  const looked = await telephony.lookUp(providerRef(call, scene.agent, ringSeconds));
  const answer =
    looked.kind === 'found'
      ? {
          ...looked,
          facts: possibleFacts(looked.facts, {
            dialedAt: call.dialedAt,
            receivedAt: clock.now(),
            skewMs: telephony.clockSkewMs?.() ?? 0,
          }).facts,
        }
      : looked;
  const isThere =
    answer.kind === 'found' &&
    asksForAgent({ ...scene, subject: { call, item: null } }, answer.facts, telephony.capabilities)
      ? wasThere(
          await presence.lastLive(call.agentId, clock.now()),
          answer.facts.answeredAt ?? clock.now(),
          clock.now(),
        )
      : true;
  const now = clock.now();
  const applied = await store.changeByCall(callId, (current) => {
    const { draft, repaired } = reconcile(
      current,
      answer,
      { ...question, isThere },
      telephony.capabilities,
      now,
    );
    return { change: draft.change(), answer: repaired };
  });
  if (answer.kind === 'found') ports.unseenCalls.forget(callId);
  if (applied === null) return;
  if (answer.kind === 'unreachable') {
    journal.note({
      level: 'warn',
      event: 'call could not be looked up',
      callId,
      sessionId: call.sessionId,
      details: { message: answer.message },
    });
  }
  if (applied.answer !== null) {
    journal.note({
      level: 'warn',
      event: 'call repaired',
      callId,
      sessionId: call.sessionId,
      details: { how: applied.answer },
      repaired: {
        kind: call.placement === 'ACCEPTED' ? 'call_past_deadline' : 'placing_unknown',
        count: 1,
      },
    });
  }
  publishEffects(ports, applied);
}

/**
 * found      the provider knew its end
 * caught_up  the provider knew more of it than we did, and it continues: that it was placed at all, or that a person answered
 * not_found  the provider does not know it: closed
 * given_up   the provider could not be asked for too long: closed
 */
type Repaired = 'found' | 'caught_up' | 'not_found' | 'given_up' | null;

function reconcile(
  scene: SceneOfCall,
  answer: LookUpAnswer,
  question: { readonly call: Placed; readonly knownForMs: number; readonly isThere: boolean },
  capabilities: TelephonyCapabilities,
  now: Date,
): { draft: SceneDraft; repaired: Repaired } {
  const { call, item } = scene.subject;
  const apply = (facts: CallFacts): SceneDraft =>
    applyFacts(scene, facts, capabilities, now, question.isThere).draft;
  if (!isLive(call) || call.state === 'QUEUED') return { draft: apply({}), repaired: null };
  const closed = (endReason: string): SceneDraft =>
    apply({ endedAt: now, endCause: 'failed', endReason });

  switch (answer.kind) {
    case 'not_found': {
      const draft = new SceneDraft(scene, now);
      const { call: asked, knownForMs } = question;
      // An event or the placing answer came while the provider was asked: its deadline stands.
      const isNews =
        asked.placement !== call.placement || asked.providerCallId !== call.providerCallId;
      if (isNews) return { draft, repaired: null };
      const mayStillSurfaceMs =
        call.providerCallId === null ? MAY_SURFACE_FOR_MS[call.placement] - knownForMs : 0;
      if (mayStillSurfaceMs > 0) {
        const deadlineAt = addMs(now, Math.ceil(mayStillSurfaceMs));
        draft.putLive({ ...call, checks: Math.max(1, call.checks), deadlineAt }, item);
        return { draft, repaired: null };
      }
      return { draft: closed('The provider does not know this call.'), repaired: 'not_found' };
    }
    case 'found': {
      const draft = apply(answer.facts);
      if (answer.facts.endedAt !== undefined) return { draft, repaired: 'found' };
      extend(draft, call.id, now, 0);
      // The provider had agreed to end it, and carries it still.
      if (capabilities.canHangUp) hangUpAgain(draft, call.id, now);
      const then = draft.live.find((entry) => entry.call.id === call.id)?.call;
      const isNews = call.placement !== 'ACCEPTED' || then?.state !== call.state;
      return { draft, repaired: isNews ? 'caught_up' : null };
    }
    case 'unreachable': {
      const limit =
        call.state === 'IN_PROGRESS' ? GIVE_UP_CONVERSATION_AFTER_MS : GIVE_UP_UNANSWERED_AFTER_MS;
      if (now.getTime() - call.dialedAt.getTime() > limit) {
        return { draft: closed('The provider could not be asked about it.'), repaired: 'given_up' };
      }
      const draft = new SceneDraft(scene, now);
      extend(draft, call.id, now, call.checks + 1);
      return { draft, repaired: null };
    }
    default: {
      const never: never = answer;
      return never;
    }
  }
}

type Placed = Exclude<LiveCall, QueuedCall>;

function hangUpAgain(draft: SceneDraft, callId: string, now: Date): void {
  const entry = draft.live.find(({ call }) => call.id === callId);
  if (entry !== undefined) draft.putLive(withHangUpRepeated(entry.call, now), entry.item);
}

/** Still live: ask again later. */
function extend(draft: SceneDraft, callId: string, now: Date, checks: number): void {
  const entry = draft.live.find(({ call }) => call.id === callId);
  if (entry === undefined || entry.call.state === 'QUEUED') return;
  const { placement } = entry.call;
  const wait =
    checks > 0
      ? Math.max(providerDelayAfter(checks), placement === 'UNKNOWN' ? LOOK_UP_UNKNOWN_AFTER_MS : 0)
      : entry.call.state === 'IN_PROGRESS'
        ? RECHECK_CONVERSATION_AFTER_MS
        : RECHECK_RINGING_AFTER_MS;
  draft.putLive({ ...entry.call, checks, deadlineAt: addMs(now, wait) }, entry.item);
}
