import type { Call, DialingCall, LiveCall } from '../call/call.js';
import { isLive } from '../call/call.js';
import {
  addMs,
  LOOK_UP_UNKNOWN_AFTER_MS,
  PLACE_WITHIN_MS,
  RING_GRACE_MS,
} from '../call/deadlines.js';
import {
  identityOf,
  mergeKnowledge,
  releasedUnplaced,
  toCompletedCall,
} from '../call/transitions.js';
import { providerDelayAfter } from '../pacing/back-off.js';
import type { SceneOfCall } from '../ports/dialer-store.js';
import type { PlaceAnswer } from '../ports/telephony.js';
import type { QueueItem } from '../queue/queue-item.js';
import { outageAfterFailure, pauseDraft } from './control.js';
import { SceneDraft } from './scene.js';

const RECHECK_BUSY_AGENT_AFTER_MS = 3_000;

type Refused = Extract<PlaceAnswer, { kind: 'refused' }>;

/** No provider was asked: calls go through another one than the one that this call's session was started with. */
export interface ConnectionUnavailable {
  readonly kind: 'connection_unavailable';
  readonly message: string;
}

/**
 * What the provider said when a call was placed (P3). The answer may come after the call's events, after a winner, or
 * after a stop; it never takes anything back.
 */
export function applyPlaceAnswer(
  scene: SceneOfCall,
  answer: PlaceAnswer | ConnectionUnavailable,
  now: Date,
): SceneDraft {
  const draft = new SceneDraft(scene, now);
  const { call, item } = scene.subject;
  if (!isLive(call) || call.state === 'QUEUED') return draft;
  switch (answer.kind) {
    case 'accepted':
      draft.putLive(accepted(call, answer.providerCallId, scene, now), item);
      if (draft.session.outage !== null) {
        // It works again: the other lines may be filled.
        const { status } = draft.session;
        draft.update({
          outage: null,
          ...(status === 'RUNNING' ? { reason: null, wakeAt: now } : {}),
        });
      }
      return draft;
    case 'unknown':
      if (call.placement === 'ASKED') {
        const deadlineAt = addMs(now, LOOK_UP_UNKNOWN_AFTER_MS);
        draft.putLive({ ...call, placement: 'UNKNOWN', deadlineAt }, item);
      }
      return draft;
    case 'refused':
      // An event came meanwhile, so it was placed after all: the event is the better witness.
      if (call.state === 'DIALING' && call.placement !== 'ACCEPTED')
        refused(draft, call, item, answer, now);
      return draft;
    case 'connection_unavailable':
      draft.complete(
        releasedUnplaced(unplaced(call, now), 'not_placed', answer.message, now),
        item,
      );
      if (draft.session.status === 'RUNNING')
        pauseForProvider(draft, 'connection_unavailable', answer.message, now);
      return draft;
    default: {
      const never: never = answer;
      return never;
    }
  }
}

function accepted(
  call: Exclude<LiveCall, { state: 'QUEUED' }>,
  providerCallId: string | null,
  scene: SceneOfCall,
  now: Date,
): LiveCall {
  const known = {
    ...call,
    providerCallId: call.providerCallId ?? providerCallId,
    placement: 'ACCEPTED' as const,
  };
  if (known.state === 'IN_PROGRESS') return known;
  return {
    ...known,
    deadlineAt: addMs(now, scene.session.settings.ringSeconds * 1000 + RING_GRACE_MS),
  };
}

function refused(
  draft: SceneDraft,
  call: DialingCall,
  item: QueueItem | null,
  answer: Refused,
  now: Date,
): void {
  const { session } = draft;
  const giveBack = (): void =>
    draft.complete(releasedUnplaced(unplaced(call, now), 'not_placed', answer.message, now), item);
  const wake = session.status === 'RUNNING' ? { wakeAt: now } : {};

  if (answer.because === 'number') {
    const known = { ...mergeKnowledge(call, {}), endReason: answer.message };
    draft.complete(toCompletedCall(call, known, 'FAILED', false, now), item);
    draft.update({ outage: null, ...wake });
    return;
  }
  // The call is cancelled, so it is not tried again.
  if (call.cancellation !== null || session.status !== 'RUNNING') {
    giveBack();
    return;
  }
  switch (answer.because) {
    case 'later': {
      const advised = answer.retryAfterSeconds;
      // Lines that were refused together are one failure: they wait for the same moment.
      const outage =
        session.outage !== null && session.outage.retryAt > now
          ? session.outage
          : outageAfterFailure(
              session.outage,
              answer.message,
              (failures) => Math.max(providerDelayAfter(failures), (advised ?? 0) * 1000),
              now,
            );
      draft.update({ outage, reason: 'provider_unavailable', wakeAt: outage.retryAt });
      draft.putLive(unplaced(call, outage.retryAt), item);
      return;
    }
    case 'agent_busy': {
      const again = addMs(now, RECHECK_BUSY_AGENT_AFTER_MS);
      draft.update({ reason: 'agent_busy', outage: null, wakeAt: again });
      giveBack();
      return;
    }
    case 'agent_absent':
      giveBack();
      pauseDraft(
        draft,
        answer.away === 'do_not_disturb' ? 'agent_do_not_disturb' : 'agent_offline',
        now,
      );
      return;
    case 'configuration':
      giveBack();
      pauseForProvider(draft, 'provider_refused', answer.message, now);
      return;
    default:
      answer.because satisfies never;
  }
}

/** Nothing works until an admin fixes it. */
function pauseForProvider(
  draft: SceneDraft,
  reason: 'provider_refused' | 'connection_unavailable',
  message: string,
  now: Date,
): void {
  pauseDraft(draft, reason, now);
  draft.update({ outage: outageAfterFailure(null, message, () => 0, now) });
}

/** Surely not placed: the same call, as it was before anybody asked (P3 counts what the provider took). */
function unplaced(call: LiveCall, placeAt: Date): Extract<Call, { state: 'QUEUED' }> {
  return {
    ...identityOf(call),
    state: 'QUEUED',
    placeAt,
    deadlineAt: addMs(placeAt, PLACE_WITHIN_MS),
  };
}
