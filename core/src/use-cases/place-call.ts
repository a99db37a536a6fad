import { agentAt } from '../agent/agent.js';
import { isLive } from '../call/call.js';
import { ANSWER_WITHIN_MS, ASK_WITHIN_MS, addMs } from '../call/deadlines.js';
import { releasedUnplaced } from '../call/transitions.js';
import { outsideCountries } from '../phone/outside-countries.js';
import type { Carriers } from '../ports/carriers.js';
import type { BeginPlacing, SceneOfCall } from '../ports/dialer-store.js';
import type { PlaceAnswer } from '../ports/telephony.js';
import { applyPlaceAnswer, type ConnectionUnavailable } from '../session/place-answer.js';
import { SceneDraft } from '../session/scene.js';
import type { DialerPorts } from './dialer-ports.js';
import { hangUpStrayCall, wasClosedUnseen } from './hang-up-stray-call.js';
import { publishEffects } from './publish-effects.js';

/**
 * Places one queued call with the provider, at most once (P3): the row moves from QUEUED to DIALING for one caller
 * only, before the provider is asked; or it was claimed as DIALING by this process (`begunCalls`). A process that dies in between leaves a DIALING row past its deadline, which
 * `checkCall` looks up; it is never placed again.
 */
export async function placeCall(
  ports: Pick<
    DialerPorts,
    | 'store'
    | 'carriers'
    | 'clock'
    | 'stopwatchMs'
    | 'jobs'
    | 'announcements'
    | 'journal'
    | 'unseenCalls'
    | 'begunCalls'
    | 'allowedCountries'
  >,
  callId: string,
): Promise<void> {
  const { store, carriers, clock, stopwatchMs, journal, unseenCalls } = ports;
  const claimed = ports.begunCalls?.take(callId) ?? null;
  const takenAtMs = claimed?.takenAtMs ?? stopwatchMs();
  if (claimed === null && (await isOutsideCountries(ports, callId))) {
    await giveBack(ports, callId, 'Its country may not be called any more.');
    return;
  }
  const now = clock.now();
  const begun: BeginPlacing = claimed
    ? { kind: 'begun', ...claimed }
    : await store.beginPlacing(callId, now, addMs(now, ANSWER_WITHIN_MS));
  switch (begun.kind) {
    case 'not_queued':
      return;
    case 'suppressed':
      await giveBack(ports, callId, 'The number was suppressed after it was claimed.');
      return;
    case 'contact_ended':
      await giveBack(ports, callId, 'The person wanted no more calls after it was claimed.');
      return;
    case 'called_meanwhile':
      await giveBack(ports, callId, 'The number was called on another line after it was claimed.');
      return;
    case 'clearance_over':
      await giveBack(ports, callId, 'The calling window closed before it was placed.');
      return;
    case 'begun':
      break;
    default: {
      const never: never = begun;
      return never;
    }
  }

  const { call } = begun;
  const answer = isUnwanted(store.recall(callId))
    ? UNWANTED
    : stopwatchMs() - takenAtMs > ASK_WITHIN_MS
      ? TOO_LATE
      : await ask(carriers, begun);
  // From here on the request has been sent, or never will be: the wait for a lost call begins.
  if (answer.kind === 'unknown') unseenCalls.knownForMs({ id: callId, placement: 'UNKNOWN' });
  if (answer !== UNWANTED) {
    journal.note({
      level: answer.kind === 'accepted' ? 'info' : 'warn',
      event:
        answer.kind === 'accepted'
          ? 'call placed'
          : answer.kind === 'unknown'
            ? 'placing answer lost'
            : 'call refused by provider',
      sessionId: call.sessionId,
      callId: call.id,
      details:
        answer.kind === 'accepted'
          ? { provider_call_id: answer.providerCallId }
          : { message: answer.message, because: answer.kind === 'refused' ? answer.because : null },
      pii: { phone: call.phone },
    });
  }
  const answeredAt = clock.now();
  const applied = await store.changeByCall(callId, (scene) => {
    const draft = applyPlaceAnswer(scene, answer, answeredAt);
    const { call: current } = scene.subject;
    const stray =
      answer.kind === 'accepted' && wasClosedUnseen(current)
        ? { call: current, agent: scene.agent, providerCallId: answer.providerCallId }
        : null;
    return { change: draft.change(), answer: stray };
  });
  if (applied === null) return;
  publishEffects(ports, applied);
  const { answer: stray } = applied;
  if (stray !== null) await hangUpStrayCall(ports, stray.call, stray.agent, stray.providerCallId);
}

/** A call that waited for its turn (during a provider outage) while the countries that may be called were changed. */
async function isOutsideCountries(
  { store, allowedCountries }: Pick<DialerPorts, 'store' | 'allowedCountries'>,
  callId: string,
): Promise<boolean> {
  const allowed = (await allowedCountries?.()) ?? [];
  if (allowed.length === 0) return false;
  const call = await store.findCall(callId);
  return call?.state === 'QUEUED' && outsideCountries(call.phone, allowed) !== null;
}

/** Cancelled, or its session is not RUNNING any more: a call waits for its turn after it was taken for placing. */
const isUnwanted = (scene: SceneOfCall | null): boolean =>
  scene !== null &&
  ((isLive(scene.subject.call) && scene.subject.call.cancellation !== null) ||
    scene.session.status !== 'RUNNING');

/** Surely not placed: only this process may ask, and it did not. The call is given back, as it is not wanted. */
const UNWANTED: PlaceAnswer = {
  kind: 'refused',
  because: 'later',
  message: 'It was not wanted any more before the provider was asked.',
};

/** Surely not placed: only this process may ask, and it did not. */
const TOO_LATE: PlaceAnswer = {
  kind: 'refused',
  because: 'later',
  message: 'It took too long to take the call for placing, so the provider was not asked.',
};

async function ask(
  carriers: Carriers,
  { call, agent, ringSeconds }: Extract<BeginPlacing, { kind: 'begun' }>,
): Promise<PlaceAnswer | ConnectionUnavailable> {
  const closedBecause = carriers.closedBecause(call.provider);
  if (closedBecause !== null) return { kind: 'connection_unavailable', message: closedBecause };
  return carriers.of(call.provider).place({
    callId: call.id,
    to: call.phone,
    agent: agentAt(agent, call.provider),
    ringSeconds,
    attempt: call.attempt,
  });
}

async function giveBack(
  ports: Pick<DialerPorts, 'store' | 'clock' | 'jobs' | 'announcements' | 'journal'>,
  callId: string,
  why: string,
): Promise<void> {
  const now = ports.clock.now();
  const applied = await ports.store.changeByCall(callId, (scene) => {
    const draft = new SceneDraft(scene, now);
    const { call, item } = scene.subject;
    if (call.state === 'QUEUED') {
      draft.complete(releasedUnplaced(call, 'not_placed', why, now), item);
      if (draft.session.status === 'RUNNING') draft.update({ wakeAt: now });
    }
    return { change: draft.change(), answer: undefined };
  });
  if (applied !== null) publishEffects(ports, applied);
}
